import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stringify } from 'yaml';
import { listRuns } from '../../src/protocol/messages';
import { cleanWorktrees, listWorktrees } from '../../src/protocol/worktree-messages';
import type { Mirror } from '../../src/protocol/mirror';
import { endProcess } from '../support/owned-process';
import { inWorkspace, isGone, until, type Connected, type Workspace } from '../support/workspace';

/**
 * Writes its subtask's id into shared.txt: T02 only when T01 is merged, so that it conflicts. Asked
 * to resolve, it keeps both lines.
 */
const writer = `
const { execSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const prompt = readFileSync(0, 'utf8');
const id = /^# (T\\d\\d)/m.exec(prompt)[1];
if (prompt.includes('hold conflicts')) writeFileSync('shared.txt', 'T01\\nT02\\n');
else {
  const isMerged = () => execSync('git log --all --format=%s').toString().includes('Merge T01');
  while (id === 'T02' && !isMerged()) execSync('sleep 0.1');
  writeFileSync('shared.txt', id + '\\n');
}`;

const planText = (settings: string) =>
  `---\nrunsheet: 1\nworkers: 2\nagent: writer\n${settings}---\n
- [ ] T01 Write the first line\n  - check: grep -q T01 shared.txt
- [ ] T02 Write the second line\n  - check: grep -q T02 shared.txt\n`;

const files = (settings = '') => ({
  'shared.txt': 'nothing\n',
  'work.plan.md': planText(settings),
  'runsheet.yml': stringify({
    agents: {
      writer: { transport: 'command', program: process.execPath, args: ['-e', writer] },
    },
  }),
});

const statuses = ({ subtasks }: Mirror): string =>
  [...subtasks.values()].map(({ key, proof, status }) => `${key} ${proof ?? status}`).join(', ');

async function carriedOut(connected: Connected, workspace: Workspace): Promise<string> {
  await workspace.start(connected.client, 'work.plan.md');
  await connected.until('the end', ({ executions, runs }) => {
    const ends = [...executions.values()].every(({ endedAt }) => endedAt !== null);
    return (
      executions.size > 0 && ends && [...runs.values()].every(({ state }) => state === 'ended')
    );
  });
  return statuses(connected.mirror);
}

const gitTexts = (workspace: Workspace, ref: string): string =>
  workspace.repository.git('show', `${ref}:shared.txt`);
const planBranch = 'runsheet/work-plan-md';

describe('worktrees in the engine', function () {
  this.timeout(60_000);

  it('lets the agent resolve a conflict, and proves the result', () =>
    inWorkspace(files('conflicts: agent\n'), async (workspace) => {
      using connected = await workspace.connect();
      assert.equal(await carriedOut(connected, workspace), 'T01 proven, T02 proven');
      assert.equal(gitTexts(workspace, planBranch), 'T01\nT02');
      const { runs } = await connected.client.request(listRuns, { limit: 10 });
      const attempts = runs.filter(({ subtaskKey }) => subtaskKey === 'T02');
      assert.deepEqual(
        attempts.map(({ verdict }) => verdict),
        ['passed', 'unverified'],
      );
      const { worktrees } = await connected.client.request(listWorktrees, {});
      assert.deepEqual(
        worktrees.map(({ id }) => id),
        ['plans/work-plan-md'],
      );
    }));

  it('asks a person where nothing else is said, and takes what was merged by hand', () =>
    inWorkspace(files(), async (workspace) => {
      using connected = await workspace.connect();
      assert.equal(await carriedOut(connected, workspace), 'T01 proven, T02 needs_attention');
      const need = await connected.until('the escalation', ({ needs }) =>
        [...needs.values()].find(({ kind }) => kind === 'escalation'),
      );
      const path = /git -C "([^"]+)" merge (\S+),/.exec(need.detail);
      assert.equal(path?.[2], planBranch);
      const inTree = (...args: string[]) => workspace.repository.gitIn(path[1] ?? '', ...args);
      assert.throws(() => inTree('merge', planBranch));
      workspace.repository.write('shared.txt', 'T02\nT01\n', path[1]);
      inTree('commit', '-q', '-a', '-m', 'by hand');
      const accepted = await workspace.cli(
        'accept',
        'work.plan.md',
        '--subtask',
        'T02',
        '--reason',
        'Merged.',
      );
      assert.equal(accepted.code, 0, accepted.stderr);
      assert.equal(gitTexts(workspace, planBranch), 'T02\nT01');
      assert.equal(existsSync(path[1] ?? ''), false);
    }));

  it('tells in the terminal what is kept, and deletes work only by its name', () =>
    inWorkspace(files(), async (workspace) => {
      {
        using connected = await workspace.connect();
        await carriedOut(connected, workspace);
      }
      const listed = await workspace.cli('worktrees');
      assert.match(
        listed.stdout,
        /runs\/t02-\S+ · work · .*work\.plan\.md T02: Has .*1 unmerged commit/,
      );
      assert.match(listed.stdout, / {2}commit [0-9a-f]{12} T02: Write the second line/);
      const swept = await workspace.cli(
        'worktrees',
        'clean',
        '--all-merged',
        '--artifacts-older-than',
        '30d',
      );
      assert.equal(swept.code, 0, swept.stderr);
      assert.match(swept.stdout, /deleted plans\/work-plan-md/);
      const json = z.object({ worktrees: z.array(z.object({ id: z.string() })) });
      const left = json.parse(JSON.parse((await workspace.cli('--json', 'worktrees')).stdout));
      assert.equal(left.worktrees.length, 1);
      const [id = ''] = left.worktrees.map((one) => one.id);
      const deleted = await workspace.cli('worktrees', 'clean', '--discard', id);
      assert.match(deleted.stdout, new RegExp(`deleted ${id}[^]*commit [0-9a-f]{12} T02`));
      const folder = `${workspace.repository.root}.runsheet`;
      assert.deepEqual(readdirSync(join(folder, 'runs')), []);
      assert.equal((await workspace.cli('worktrees', 'clean', '--discard', id)).code, 1);
      // The branch of the plan is still there, and so is the way to go on.
      assert.equal(gitTexts(workspace, planBranch), 'T01');
      const again = await workspace.cli(
        'run',
        'work.plan.md',
        '--subtask',
        'T02',
        '--approve-commands',
      );
      assert.match(`${again.stdout}${again.stderr}`, /T02/);
      assert.equal(gitTexts(workspace, planBranch), 'T02');
    }));

  it('clears at its start what a crash left without work, and nothing else', () =>
    inWorkspace(files(), async (workspace) => {
      {
        using connected = await workspace.connect();
        await carriedOut(connected, workspace);
      }
      const pid = await workspace.enginePid();
      assert.ok(pid !== null);
      endProcess(pid);
      await isGone(pid);
      const runs = join(`${workspace.repository.root}.runsheet`, 'runs');
      const kept = readdirSync(runs);
      const add = (name: string) =>
        workspace.repository.git(
          'worktree',
          'add',
          '-q',
          '-b',
          `runsheet/run/${name}`,
          join(runs, name),
          'main',
        );
      for (const name of ['t09-aaaaaaaa', 'verify-t01', 't10-bbbbbbbb']) add(name);
      workspace.repository.write('work.txt', 'x', join(runs, 't10-bbbbbbbb'));
      using connected = await workspace.connect();
      await until('the leftovers are gone', () => readdirSync(runs).length === kept.length + 1);
      assert.deepEqual(readdirSync(runs).sort(), [...kept, 't10-bbbbbbbb'].sort());
      const { kept: refused } = await connected.client.request(cleanWorktrees, {
        allMerged: false,
        discard: [{ id: 'runs/t10-bbbbbbbb', digest: null }],
      });
      assert.match(refused[0]?.reason ?? '', /work\.txt/);
    }));

  it('works where the workspace is a folder of its repository, beside another one', () =>
    inWorkspace(
      {
        'README.md': 'top\n',
        'app/.gitignore': '.env\n',
        'app/demo.plan.md': `---\nrunsheet: 1\nsparse: src\ncopy: .env\n---\n
- [ ] T01 Write it\n  - run: echo made > src/made.txt && test ! -e ../docs
  - files: src/**\n  - check: test -f src/made.txt && grep -q SECRET .env
  - check: {"type": "diff", "config": {"only_declared_files": true}}\n`,
        'app/src/a.txt': 'a\n',
        'docs/d.txt': 'd\n',
      },
      async (workspace) => {
        workspace.write('.env', 'SECRET=1\n');
        const end = await workspace.cli('run', 'demo.plan.md', '--approve-commands');
        assert.equal(end.code, 0, end.stdout + end.stderr);
        const branches = workspace.repository.git(
          'branch',
          '--list',
          'runsheet/*',
          '--format=%(refname:short)',
        );
        assert.equal(branches, 'runsheet/app-demo-plan-md');
        const changed = workspace.repository.git('diff', '--name-only', 'main', branches);
        assert.equal(changed, 'app/src/made.txt');
        assert.match(workspace.read('demo.plan.md'), /- \[x\] T01/);
        const [folder = ''] = readdirSync(`${workspace.repository.root}.runsheet`);
        assert.match(folder, /^in-app-/);
        const listed = await workspace.cli('worktrees');
        assert.match(listed.stdout, /plans\/app-demo-plan-md · plan/);
      },
      'app',
    ));
});
