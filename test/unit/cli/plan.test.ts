import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Io } from '../../../src/cli/io';
import { lintCommand } from '../../../src/cli/lint';
import { planCommand, type PlanArgs } from '../../../src/cli/plan';
import type { PlanJson } from '../../../src/cli/plan-json';
import { planTexts } from '../../support/plan-texts';
import { withTemporaryFolder } from '../../support/temporary-folder';

const plansSchema = z.object({ plans: z.array(z.custom<PlanJson>()) });
const problemsSchema = z.object({
  problems: z.array(z.object({ path: z.string(), rule: z.string() })),
});

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

type Command = (args: PlanArgs, io: Io) => Promise<number>;

async function run(
  command: Command,
  workspace: string,
  paths: string[],
  more: Partial<PlanArgs> = {},
): Promise<Outcome> {
  const outcome = { code: -1, stdout: '', stderr: '' };
  const io: Io = {
    cwd: workspace,
    stdout: (text) => (outcome.stdout += text),
    stderr: (text) => (outcome.stderr += text),
  };
  outcome.code = await command({ workspace, paths, format: null, json: false, ...more }, io);
  return outcome;
}

async function plansOf(
  workspace: string,
  paths: string[],
  more: Partial<PlanArgs> = {},
): Promise<PlanJson[]> {
  const { stdout } = await run(planCommand, workspace, paths, { json: true, ...more });
  const parsed = plansSchema.parse(JSON.parse(stdout));
  return parsed.plans;
}

async function withFiles(
  files: Record<string, string | Uint8Array>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await work(folder);
  });
}

const someFormats = Object.fromEntries(
  [planTexts.runsheet, planTexts['spec-kit'], planTexts['auto-claude']].map(({ path, text }) => [
    path,
    text,
  ]),
);

describe('runsheet plan', () => {
  it('prints the agreed shape as JSON', () =>
    withFiles(
      {
        'a.plan.md':
          '## A {#a}\n- [x] T01 One\n  - files: x.js\n  - labels: l\n- gate: Go?\n## B\n- [ ] T02 Two\n  - depends: T01\n- [?] T03 Three\n  - files: y.js\n- [ ] T04 Four\n  - files: y.js\n  - optional: yes\n',
      },
      async (folder) => {
        const base = {
          detail: '',
          fileStatus: ' ',
          proof: null,
          dependsOn: [],
          files: [],
          labels: [],
          verification: [],
          optional: false,
          agent: null,
          notReady: null,
          leftOut: null,
          file: null,
        };
        assert.deepEqual(await plansOf(folder, ['a.plan.md']), [
          {
            path: 'a.plan.md',
            format: 'runsheet',
            kind: 'plan',
            name: '',
            title: 'a',
            description: '',
            statusNote: null,
            facts: {},
            phases: [
              {
                id: 'a',
                title: 'A',
                checkpoint: null,
                dependsOn: [],
                subtasks: [
                  {
                    ...base,
                    id: 'T01',
                    title: 'One',
                    status: 'claimed',
                    fileStatus: 'x',
                    files: ['x.js'],
                    labels: ['l'],
                    line: 2,
                  },
                ],
              },
              {
                id: 'b',
                title: 'B',
                checkpoint: null,
                dependsOn: [{ id: 'a', kind: 'implied' }],
                subtasks: [
                  {
                    ...base,
                    id: 'T02',
                    title: 'Two',
                    status: 'pending',
                    dependsOn: [{ id: 'T01', kind: 'declared' }],
                    line: 7,
                  },
                  {
                    ...base,
                    id: 'T03',
                    title: 'Three',
                    status: 'needs_attention',
                    fileStatus: '?',
                    files: ['y.js'],
                    line: 9,
                  },
                  {
                    ...base,
                    id: 'T04',
                    title: 'Four',
                    status: 'pending',
                    dependsOn: [{ id: 'T03', kind: 'conflict' }],
                    files: ['y.js'],
                    optional: true,
                    line: 11,
                  },
                ],
              },
            ],
            counts: { phases: 2, subtasks: 4, done: 1, leftOut: 0 },
            gates: [{ id: 'gate-go', title: 'Go?', line: 5 }],
            waves: { declared: [], computed: [['T01'], ['T02', 'T03', 'T04']] },
            problems: [
              {
                rule: 'unknown-marker',
                severity: 'warning',
                line: 9,
                message:
                  '[?] is no known mark; the subtask needs attention. Known marks: [ ] [x] [/] [-] [!].',
              },
            ],
          },
        ]);
      },
    ));

  it('finds the plans of the workspace, not following links out of it', () =>
    withFiles(
      { ...someFormats, 'node_modules/x.plan.md': '- [ ] a', 'README.md': '# R' },
      async (folder) => {
        await withTemporaryFolder(async (elsewhere) => {
          await writeFile(join(elsewhere, 'out.plan.md'), '- [ ] a');
          await symlink(elsewhere, join(folder, 'link'));
          const plans = await plansOf(folder, []);
          assert.deepEqual(plans.map(({ path, format }) => `${format ?? ''} ${path}`).toSorted(), [
            'auto-claude .auto-claude/specs/001-search/implementation_plan.json',
            'runsheet shop.plan.md',
            'spec-kit specs/001-search/tasks.md',
          ]);
        });
      },
    ));

  it('takes in the checklists that runsheet.yml names', () =>
    withFiles(
      { 'runsheet.yml': 'checklists: [TODO.md]\n', 'TODO.md': '- [ ] a\n', 'B.md': '- [ ] b\n' },
      async (folder) => {
        const plans = await plansOf(folder, []);
        assert.deepEqual(
          plans.map(({ path, format }) => [path, format]),
          [['TODO.md', 'markdown']],
        );
      },
    ));

  it('takes a plan folder as its plan, and another folder as what is below it', () =>
    withFiles(someFormats, async (folder) => {
      const paths = async (path: string) =>
        (await plansOf(folder, [path])).map((plan) => plan.path);
      assert.deepEqual(await paths('specs/001-search'), ['specs/001-search/tasks.md']);
      assert.deepEqual(await paths('.auto-claude/specs/001-search'), [
        '.auto-claude/specs/001-search/implementation_plan.json',
      ]);
      assert.deepEqual(await paths('specs'), ['specs/001-search/tasks.md']);
    }));

  it('lets --format override detection', () =>
    withFiles({ 'list.md': '- [ ] T001 a\n' }, async (folder) => {
      assert.equal(
        (await plansOf(folder, ['list.md'], { format: 'spec-kit' }))[0]?.counts.subtasks,
        1,
      );
      assert.equal((await plansOf(folder, ['list.md']))[0]?.problems[0]?.rule, 'unknown-format');
      assert.equal((await run(planCommand, folder, ['list.md'], { format: 'nonsense' })).code, 2);
    }));

  it('says what a file is that belongs to a format and holds no plan', () =>
    withFiles({ '.auto-claude/specs/001-a/requirements.json': '{}' }, async (folder) => {
      const path = '.auto-claude/specs/001-a/requirements.json';
      const [found] = await plansOf(folder, [path]);
      assert.deepEqual([found?.kind, found?.title, found?.problems], ['requirements', null, []]);
      const { stdout } = await run(planCommand, folder, [path]);
      assert.match(stdout, /requirements, auto-claude\)  no plan in it/);
      assert.deepEqual(await plansOf(folder, []), []);
    }));

  it('says what is wrong with files that cannot be read, and goes on with the others', () =>
    withFiles(
      {
        'empty.plan.md': '',
        'latin.plan.md': new Uint8Array([0x2d, 0x20, 0xe9]),
        'specs/a/implementation_plan.json': '{"phases": [',
        'good.plan.md': '- [ ] a\n',
      },
      async (folder) => {
        await withTemporaryFolder(async (elsewhere) => {
          await writeFile(join(elsewhere, 'secret'), 'x');
          await symlink(join(elsewhere, 'secret'), join(folder, 'link.plan.md'));
          const names = [
            'empty.plan.md',
            'latin.plan.md',
            'specs/a',
            'link.plan.md',
            'none.plan.md',
            'good.plan.md',
          ];
          const plans = await plansOf(folder, names);
          assert.deepEqual(
            plans.map(({ problems, counts }) => problems[0]?.rule ?? counts.subtasks),
            ['empty-file', 'not-utf8', 'invalid-json', 'path-outside-workspace', 'not-found', 1],
          );
          assert.equal((await run(planCommand, folder, names)).code, 1);
          assert.equal((await run(planCommand, folder, ['good.plan.md'])).code, 0);
        });
      },
    ));

  it('prints a readable tree without --json', () =>
    withFiles(
      { 'a.plan.md': '# Demo\n## A\n- [x] T01 One\n- [?] T02 Two\n  - depends: T01\n' },
      async (folder) => {
        const { stdout } = await run(planCommand, folder, ['a.plan.md']);
        assert.equal(
          stdout,
          [
            'Demo  (a.plan.md, runsheet)  1/2 claimed',
            '  A',
            '    claimed          T01  One',
            '    needs_attention  T02  Two  ← T01',
            '  a.plan.md:4: warning unknown-marker [?] is no known mark; the subtask needs attention. Known marks: [ ] [x] [/] [-] [!].',
            '',
          ].join('\n'),
        );
      },
    ));

  it('says so when the workspace has no plan', () =>
    withFiles({}, async (folder) => {
      const { code, stdout, stderr } = await run(planCommand, folder, []);
      assert.deepEqual([code, stdout, stderr], [0, '', 'No plan found in the workspace.\n']);
      assert.deepEqual(await plansOf(folder, []), []);
    }));
});

describe('runsheet lint', () => {
  it('exits 1 for an error and names path, line, severity and rule', () =>
    withFiles({ 'a.plan.md': '- [ ] T01 a\n  - depends: T09\n' }, async (folder) => {
      const { code, stdout } = await run(lintCommand, folder, ['a.plan.md']);
      assert.equal(code, 1);
      assert.match(stdout, /^a\.plan\.md:2: error dangling-dependency T01 depends on T09/);
    }));

  it('exits 0 for warnings, and knows the rules of the editor', () =>
    withFiles({ 'a.plan.md': '- [ ] T01 a\n- [x] T02 b\n  - depends: T01\n' }, async (folder) => {
      const { code, stdout } = await run(lintCommand, folder, ['a.plan.md'], { json: true });
      assert.equal(code, 0);
      const parsed = problemsSchema.parse(JSON.parse(stdout));
      assert.deepEqual(
        parsed.problems.map(({ path, rule }) => `${path} ${rule}`),
        ['a.plan.md done-before-dependency'],
      );
    }));

  it('names the file beside the plan that a problem is about', () =>
    withFiles(
      {
        'specs/001-a/tasks.md': '- [ ] T001 a\n',
        'specs/001-a/checklists/ux.md': '# UX\n- [ ] CHK001 b\n',
      },
      async (folder) => {
        for (const command of [lintCommand, planCommand]) {
          const { stdout } = await run(command, folder, ['specs/001-a/tasks.md']);
          assert.match(stdout, /specs\/001-a\/checklists\/ux\.md:2: warning open-checklist/);
        }
      },
    ));

  it('exits 1 for a file that is not there', () =>
    withFiles({}, async (folder) => {
      const { code, stdout } = await run(lintCommand, folder, ['gone.plan.md']);
      assert.equal(code, 1);
      assert.match(stdout, /^gone\.plan\.md:1: error not-found/);
    }));
});
