import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { measureShort } from '../support/agent-capabilities';
import { rowsOf } from '../support/capability-table';
import { installRealAgent, realAgents } from '../support/real-agent';

const rows = rowsOf(readFileSync(resolve(__dirname, '../../docs/agents.md'), 'utf8'));

describe('the table of docs/agents.md', function () {
  this.timeout(120_000);

  before(async function () {
    this.timeout(900_000);
    for (const name of realAgents) await installRealAgent(name);
  });

  it('has a row for every agent that is run here', () => {
    assert.deepEqual([...rows.keys()], [...realAgents]);
  });

  for (const name of realAgents) {
    it(`tells of ${name} what one run of it shows`, async () => {
      const row = rows.get(name);
      assert.ok(row !== undefined);
      const { version, asks, mcp, tokens, cost } = row;
      assert.deepEqual(await measureShort(name), { version, asks, mcp, tokens, cost });
    });
  }
});
