import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { checkText } from '../../../src/model/check-text';
import {
  commandsOf,
  hostSchema,
  standsAlone,
  validatorSchema,
  type ValidatorType,
} from '../../../src/model/validator';

const command = 'npm test';
const least: Record<ValidatorType, Record<string, unknown>> = {
  test_pass: { command },
  lint_clean: { command },
  file_exists: { path: 'a' },
  forbidden_patterns: { patterns: ['a'] },
  test_enforcement: { command, test_file_pattern: 'test/**' },
  diff: {},
  http: { url: 'http://localhost/' },
  agent_review: { criteria: ['It is good.'] },
  manual: { instruction: 'Look.' },
};

const read = (type: string, config: unknown, beside: Record<string, unknown> = {}) =>
  validatorSchema.safeParse({ id: 'c', type, config, ...beside });

describe('a validator', () => {
  it('needs no more than what it is about, and says the rest itself', () => {
    for (const [type, config] of Object.entries(least)) {
      const { data } = read(type, config);
      assert.equal(data?.type, type);
      assert.deepEqual([data.weight, data.required], [1, false]);
      assert.notEqual(checkText(data), '');
    }
  });

  it('is refused where a word of it is not known, rather than ignored', () => {
    for (const [type, config] of Object.entries(least)) {
      assert.equal(read(type, { ...config, tiemout_seconds: 5 }).success, false, type);
      assert.equal(read(type, config, { requierd: true }).success, false, type);
    }
    assert.equal(read('always_passes', {}).success, false);
  });

  it('runs no command that nobody is shown', () => {
    for (const [type, config] of Object.entries(least)) {
      const { data } = read(type, config);
      assert(data !== undefined);
      assert.deepEqual(commandsOf(data), 'command' in config ? [command] : [], type);
    }
    const unrun = { ...least.test_enforcement, require_ran: false, require_passed: false };
    const { data } = read('test_enforcement', unrun);
    assert(data !== undefined);
    assert.deepEqual(commandsOf(data), []);
  });

  it('stands alone, unless it is the opinion of an agent that the plan does not let stand', () => {
    for (const [type, config] of Object.entries(least)) {
      const { data } = read(type, config);
      assert(data !== undefined);
      assert.equal(standsAlone(data), type !== 'agent_review', type);
    }
    const { data } = read('agent_review', { ...least.agent_review, alone: true });
    assert(data !== undefined);
    assert.equal(standsAlone(data), true);
  });

  it('is refused when it could only pass, or never', () => {
    const refused: [ValidatorType, Record<string, unknown>][] = [
      ['diff', { require_change: false }],
      ['test_enforcement', { ...least.test_enforcement, require_ran: false }],
      ['test_enforcement', { ...least.test_enforcement, min_tests: 0 }],
      ['agent_review', { criteria: [] }],
      ['manual', { instruction: '  ' }],
      ['lint_clean', { command, error_pattern: '(' }],
      ['lint_clean', { command, timeout_seconds: 3601 }],
      ['http', { url: 'file:///etc/passwd' }],
      ['http', { url: 'http://user:pass@localhost/' }],
      ['http', { url: 'http://localhost/', status: 99 }],
      ['http', { url: 'http://localhost/', body_pattern: '[' }],
    ];
    for (const [type, config] of refused)
      assert.equal(read(type, config).success, false, JSON.stringify([type, config]));
  });
});

describe('a host of a plan', () => {
  it('is a name, with a port or without, and no address', () => {
    for (const host of ['example.org', 'example.org:8080', 'build-server', 'Example.ORG'])
      assert.equal(hostSchema.safeParse(host).success, true, host);
    for (const host of ['http://example.org', 'example.org/x', '*.example.org', 'a b', '', 'a:b'])
      assert.equal(hostSchema.safeParse(host).success, false, host);
    assert.equal(hostSchema.parse('Example.ORG'), 'example.org');
  });
});

describe('the schema for editors', () => {
  const object = z.looseObject({
    properties: z.record(z.string(), z.looseObject({})),
    required: z.array(z.string()).default([]),
    additionalProperties: z.literal(false),
  });
  const file = z
    .looseObject({ definitions: z.record(z.string(), z.unknown()) })
    .parse(
      JSON.parse(
        readFileSync(
          resolve(import.meta.dirname, '../../../resources/schemas/runsheet-yml.schema.json'),
          'utf8',
        ),
      ),
    );
  const camel = (type: string) => type.replace(/_(.)/g, (_whole, one: string) => one.toUpperCase());
  const twin = (type: string) =>
    object.parse(file.definitions[type === 'test_pass' ? 'testPass' : camel(type)]);

  it('knows the same types, keys, needs and defaults as the reader', () => {
    const schema = z.toJSONSchema(validatorSchema, { io: 'input', unrepresentable: 'any' });
    const variants = z
      .looseObject({
        oneOf: z.array(
          z.looseObject({ properties: z.looseObject({ type: z.unknown(), config: object }) }),
        ),
      })
      .parse(schema).oneOf;
    assert.equal(variants.length, Object.keys(least).length);
    for (const { properties } of variants) {
      const type = z.object({ const: z.string() }).parse(properties.type).const;
      const own = properties.config;
      const editors = twin(type);
      assert.deepEqual(
        Object.keys(editors.properties).toSorted(),
        Object.keys(own.properties).toSorted(),
        type,
      );
      assert.deepEqual(editors.required.toSorted(), own.required.toSorted(), type);
      for (const [key, value] of Object.entries(own.properties))
        assert.equal(editors.properties[key]?.['default'], value['default'], `${type}.${key}`);
    }
    const types = z
      .looseObject({ properties: z.looseObject({ type: z.object({ enum: z.array(z.string()) }) }) })
      .parse(file.definitions['validator']);
    assert.deepEqual(types.properties.type.enum.toSorted(), Object.keys(least).toSorted());
  });
});
