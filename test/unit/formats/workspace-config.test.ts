import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { frontMatterShape } from '../../../src/formats/runsheet/settings';
import {
  defaultLimits,
  readWorkspaceConfig,
  workspaceConfigShape,
} from '../../../src/formats/workspace-config';
import { toolPolicySchema } from '../../../src/model/tool-policy';

describe('readWorkspaceConfig', () => {
  it('reads every setting', () => {
    const { config, problems } = readWorkspaceConfig(`
agent: local
workers: 2
checks:
  - npm test
  - ['npx', 'tsc', '--noEmit']
  - type: file_exists
    config: { path: README.md }
setup: ['npm', 'ci']
copy: .env.local
hosts: [Example.org, 'build:8080']
sparse: [packages/app, docs]
conflicts: agent
agents:
  local:
    name: Our own
    program: ./tools/agent
    args: ['--stdio']
    env: { AGENT_MODE: quiet }
    inherit: [OUR_KEY, 'OUR_MODEL_*']
    transport: acp
  script: { program: ./run.sh, transport: command }
limits: { permission_seconds: 5, run_seconds: 90 }
checklists: [TODO.md, 'docs/*.md']
`);
    assert.deepEqual(problems, []);
    assert.equal(config.agent, 'local');
    assert.equal(config.workers, 2);
    assert.deepEqual(config.sparse, ['packages/app', 'docs']);
    assert.deepEqual(config.checklists, ['TODO.md', 'docs/*.md']);
    assert.equal(config.conflicts, 'agent');
    assert.deepEqual(
      config.checks.map(({ id, type }) => [id, type]),
      [
        ['workspace-check-1', 'test_pass'],
        ['workspace-check-2', 'test_pass'],
        ['workspace-check-3', 'file_exists'],
      ],
    );
    assert.deepEqual(config.setup, ['npm', 'ci']);
    assert.deepEqual(config.copy, ['.env.local']);
    assert.deepEqual(config.hosts, ['example.org', 'build:8080']);
    assert.deepEqual(config.agents, [
      {
        key: 'local',
        name: 'Our own',
        transport: 'acp',
        program: './tools/agent',
        args: ['--stdio'],
        env: { AGENT_MODE: 'quiet' },
        inherit: ['OUR_KEY', 'OUR_MODEL_*'],
      },
      { key: 'script', transport: 'command', program: './run.sh' },
    ]);
    assert.deepEqual(config.limits, {
      startSeconds: 60,
      silenceSeconds: 600,
      permissionSeconds: 5,
      runSeconds: 90,
    });
  });

  it('names line and key of what it does not understand, and keeps the rest', () => {
    const { config, problems } = readWorkspaceConfig(
      'agent: a\nworkers: many\nwrokers: 2\nchecks:\n  - npm test\n  - forbid /(/\nagents:\n  command: { program: x }\n  b: { args: [] }\ncopy: [../x]\n',
    );
    assert.equal(config.agent, 'a');
    assert.deepEqual(
      problems.map(({ line, rule, severity }) => `${line} ${severity} ${rule}`),
      [
        '2 error invalid-value',
        '3 warning unknown-key',
        '6 error invalid-value',
        '8 error invalid-value',
        '9 error invalid-value',
        '10 error invalid-value',
      ],
    );
  });

  it('refuses limits that are none, and names of variables that stand for everything', () => {
    const refused = [
      'limits: { start_seconds: 0 }',
      'limits: { silence_seconds: 1.5 }',
      'limits: { run_seconds: 1000000 }',
      'limits: { permision_seconds: 5 }',
      "agents: { own: { program: x, inherit: ['*'] } }",
      "agents: { own: { program: x, inherit: ['A*B'] } }",
    ];
    for (const text of refused) {
      const { config, problems } = readWorkspaceConfig(text);
      assert.deepEqual(
        problems.map(({ rule }) => rule),
        ['invalid-value'],
        text,
      );
      assert.deepEqual(config.limits, defaultLimits);
      assert.deepEqual(config.agents, []);
    }
  });

  it('takes an empty file as no settings', () => {
    for (const text of ['', '\n# nothing\n', '\uFEFF'])
      assert.deepEqual(readWorkspaceConfig(text).problems, [], JSON.stringify(text));
  });

  it('refuses what is no mapping, what is broken, and aliases', () => {
    const refused = ['- a\n', 'a: [\n', 'agent: &x a\nsetup: *x\n', 'agent: a\nagent: b\n'];
    for (const text of refused)
      assert.ok(
        readWorkspaceConfig(text).problems.some(({ rule }) => rule === 'invalid-settings'),
        text,
      );
  });

  it('refuses nesting on which the parser would die', () => {
    const hostile = [
      '['.repeat(90_000),
      '{a: '.repeat(20_000),
      '- '.repeat(40_000),
      '? '.repeat(40_000),
      Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      'a: b\n'.repeat(30_000),
    ];
    for (const text of hostile)
      assert.deepEqual(
        readWorkspaceConfig(text).problems.map(({ rule }) => rule),
        ['invalid-settings'],
        text.slice(0, 10),
      );
  });
});

describe('the schemas for editors', () => {
  const schema = z.object({ properties: z.record(z.string(), z.unknown()) });
  const keysOf = (name: string) => {
    const path = resolve(import.meta.dirname, '../../../resources/schemas', name);
    return Object.keys(schema.parse(JSON.parse(readFileSync(path, 'utf8'))).properties).toSorted();
  };

  it('know the same keys as the readers', () => {
    assert.deepEqual(
      keysOf('plan-front-matter.schema.json'),
      Object.keys(frontMatterShape).toSorted(),
    );
    assert.deepEqual(
      keysOf('runsheet-yml.schema.json'),
      Object.keys(workspaceConfigShape).toSorted(),
    );
  });

  it('know the same folders', () => {
    const path = resolve(
      import.meta.dirname,
      '../../../resources/schemas/runsheet-yml.schema.json',
    );
    const { definitions } = z
      .object({ definitions: z.object({ folder: z.object({ pattern: z.string() }) }) })
      .parse(JSON.parse(readFileSync(path, 'utf8')));
    const pattern = new RegExp(definitions.folder.pattern);
    const folders = ['app', 'packages/app/', 'a b', '.', './', 'src/*', 'a\\b', '!x', 'a"b', ''];
    const read = (folder: string) =>
      readWorkspaceConfig(`sparse: ${JSON.stringify(folder)}`).problems.length === 0;
    for (const folder of folders) assert.equal(pattern.test(folder), read(folder), folder);
    assert.equal(read('../elsewhere'), false);
    assert.deepEqual(folders.filter(read), ['app', 'packages/app/', 'a b']);
  });

  it('know the same keys of a policy', () => {
    const path = resolve(
      import.meta.dirname,
      '../../../resources/schemas/runsheet-yml.schema.json',
    );
    const { definitions } = z
      .object({ definitions: z.object({ policy: schema }) })
      .parse(JSON.parse(readFileSync(path, 'utf8')));
    assert.deepEqual(
      Object.keys(definitions.policy.properties).toSorted(),
      Object.keys(toolPolicySchema.shape).toSorted(),
    );
  });
});
