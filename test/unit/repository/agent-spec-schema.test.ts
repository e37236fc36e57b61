import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { agentSpecSchema } from '../../../src/model/agent-spec';
import { agentSpec } from '../../support/agent-specs';
import { readText, root } from './manifest';

const path = 'resources/schemas/agent-spec.schema.json';

/** What editors can know of a document; the engine knows more, e.g. which fields go together. */
function schemaForEditors(): object {
  return {
    ...z.toJSONSchema(agentSpecSchema, { target: 'draft-7', io: 'input' }),
    title: 'Agent spec of Runsheet',
    description: 'What a run is asked, and when it has succeeded (docs/specs.md).',
  };
}

describe('the schema of agent specs', () => {
  it('is made of what the engine accepts (RUNSHEET_UPDATE=1 writes it anew)', () => {
    const schema = schemaForEditors();
    if (process.env['RUNSHEET_UPDATE'] === '1')
      writeFileSync(join(root, path), `${JSON.stringify(schema, null, 2)}\n`);
    assert.deepEqual(JSON.parse(readText(path)), JSON.parse(JSON.stringify(schema)));
  });

  it('knows every field, and asks for those without which there is no spec', () => {
    const schema = z
      .object({ properties: z.record(z.string(), z.unknown()), required: z.array(z.string()) })
      .parse(JSON.parse(readText(path)));
    assert.deepEqual(Object.keys(schema.properties).sort(), Object.keys(agentSpec()).sort());
    assert.deepEqual(schema.required.toSorted(), [
      ...['display_name', 'max_turns', 'name', 'objective', 'task_type', 'timeout_seconds'],
    ]);
  });
});
