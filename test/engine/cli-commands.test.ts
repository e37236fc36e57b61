import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { inWorkspace, until, type CliEnd, type Workspace } from '../support/workspace';

const shop = `---
runsheet: 1
title: Shop
---

## Build

- [ ] T01 First
  - run: echo one > one.txt
  - check: exists one.txt
- [ ] T02 Second
  - depends: T01
  - run: cat one.txt one.txt > two.txt
  - check: exists two.txt
- gate: Look at it

## Ship

- [ ] T03 Third
  - run: echo three > three.txt
  - check: exists three.txt
`;

const files = { 'shop.plan.md': shop };

function endsWith(code: number, end: CliEnd): void {
  assert.equal(end.code, code, `stdout: ${end.stdout}\nstderr: ${end.stderr}`);
  assert.doesNotMatch(end.stderr + end.stdout, /^ {4}at .+:\d+:\d+\)?$/m, 'a stack trace');
}

/** The lines of output, each of which is JSON. */
function jsonLines(end: CliEnd): Record<string, unknown>[] {
  const object = z.record(z.string(), z.unknown());
  return end.stdout
    .trim()
    .split('\n')
    .map((line) => object.parse(JSON.parse(line)));
}

const statusSchema = z.object({
  plans: z.array(z.object({ path: z.string(), counts: z.object({ proven: z.int() }) })),
  executions: z.array(z.object({ id: z.string() })),
  needs: z.array(z.object({ kind: z.string(), title: z.string() })),
});
const runsSchema = z.object({
  runs: z.array(
    z.object({ id: z.string(), subtaskKey: z.string(), outcome: z.string().nullable() }),
  ),
});

async function runs(workspace: Workspace) {
  const end = await workspace.cli('runs', '--json');
  endsWith(0, end);
  return runsSchema.parse(JSON.parse(end.stdout)).runs;
}

async function status(workspace: Workspace) {
  const end = await workspace.cli('status', '--json');
  endsWith(0, end);
  return statusSchema.parse(JSON.parse(end.stdout));
}

describe('the command line tool', () => {
  it('shows and lints plans without an engine', () =>
    inWorkspace(files, async (workspace) => {
      const found = await workspace.cli('plan', '--json');
      endsWith(0, found);
      const { plans } = z
        .object({ plans: z.array(z.object({ path: z.string(), title: z.string() })) })
        .parse(JSON.parse(found.stdout));
      assert.deepEqual(
        plans.map(({ path, title }) => [path, title]),
        [['shop.plan.md', 'Shop']],
      );
      endsWith(0, await workspace.cli('lint', 'shop.plan.md'));
      workspace.write('bad.plan.md', shop.replace('depends: T01', 'depends: T99'));
      const bad = await workspace.cli('lint', 'bad.plan.md');
      endsWith(1, bad);
      assert.match(bad.stdout, /bad\.plan\.md:12: error.*T99/);
      const json = await workspace.cli('--json', 'lint', 'bad.plan.md');
      endsWith(1, json);
      assert.match(json.stdout, /^\{"problems":\[\{"path":"bad\.plan\.md"/);
      assert.deepEqual(workspace.processes(), []);
    }));

  it('ends with 2 for what it does not understand, and starts nothing', () =>
    inWorkspace(files, async (workspace) => {
      const nonsense: [string[], RegExp][] = [
        [['frob'], /unknown command 'frob'/],
        [['run'], /missing required argument 'path'/],
        [['run', 'shop.plan.md', '--frob'], /unknown option '--frob'/],
        [['run', 'shop.plan.md', '--workers', '0'], /whole number above 0/],
        [['run', 'shop.plan.md', '--subtask', 'T01', '--phase', 'build'], /cannot be used with/],
        [['runs', '--limit', 'many'], /whole number above 0/],
        [['plan', '--format', 'word'], /format word is not known.*spec-kit/],
        [['lint'], /missing required argument/],
        [['--workspace', '/nowhere', 'status'], /no folder \/nowhere.*--workspace/],
        [['gate', 'gate-look-at-it', 'maybe'], /maybe is no decision.*approve/],
      ];
      const ends = await Promise.all(nonsense.map(([args]) => workspace.cli(...args)));
      for (const [index, [args, message]] of nonsense.entries()) {
        const end = ends[index];
        assert.ok(end !== undefined);
        assert.equal(end.code, 2, `${args.join(' ')}: ${end.stderr}`);
        assert.match(end.stderr, message);
        assert.equal(end.stdout, '');
      }
    }));

  it('runs nothing before its commands are approved, and names the way out', () =>
    inWorkspace(files, async (workspace) => {
      const refused = await workspace.cli('run', 'shop.plan.md');
      endsWith(1, refused);
      assert.match(refused.stderr, /echo one > one\.txt[^]*--approve-commands/);
      const json = await workspace.cli('run', 'shop.plan.md', '--json');
      endsWith(1, json);
      const [line] = jsonLines(json);
      assert.match(JSON.stringify(line), /^\{"error":\{"code":"not_approved"/);
      assert.deepEqual(await runs(workspace), []);
    }));

  it('waits for a person, tells of it, and goes on after the decision', async function () {
    this.timeout(90_000);
    await inWorkspace(files, async (workspace) => {
      const approve = '--approve-commands';
      const first = await workspace.cli('run', 'shop.plan.md', approve, '--no-wait', '--json');
      endsWith(3, first);
      const lines = jsonLines(first);
      assert.equal(lines.at(-1)?.['waitsForPerson'], true);
      const proven = lines.filter((line) => line['proof'] === 'proven');
      assert.deepEqual(
        proven.map((line) => line['subtask']),
        ['T01', 'T02'],
      );
      const { needs, plans } = await status(workspace);
      assert.deepEqual(
        needs.map(({ kind, title }) => [kind, title]),
        [['gate', 'Look at it']],
      );
      assert.equal(plans[0]?.counts.proven, 2);

      const unreasoned = await workspace.cli('gate', 'gate-look-at-it', 'reject');
      endsWith(1, unreasoned);
      assert.match(unreasoned.stderr, /reason/);
      const unknown = await workspace.cli('gate', 'nowhere', 'approve');
      endsWith(1, unknown);
      assert.match(unknown.stderr, /no gate nowhere.*gate-look-at-it/);

      const waiting = workspace.startCli(['run', 'shop.plan.md']);
      await until('it says that it waits', () => waiting.printed().includes('waits for you'));
      assert.match(waiting.printed(), /runsheet gate gate-look-at-it approve\|reject/);
      const approved = await workspace.cli(
        ...['gate', 'gate-look-at-it', 'approve', '--reason', 'It is fine', '--json'],
      );
      endsWith(0, approved);
      assert.match(approved.stdout, /"state":"approved"/);
      const end = await waiting.ended;
      endsWith(0, end);
      assert.match(end.stdout, /✓ T03 proven \[3\/3\]/);
      assert.match(workspace.read('shop.plan.md'), /\[x\] T01[^]*\[x\] T02[^]*\[x\] T03/);
      assert.deepEqual((await status(workspace)).executions, []);
    });
  });

  it('ends with 1 when something is not proven, and says what and why', () =>
    inWorkspace(
      { 'bad.plan.md': shop.replace('exists two.txt', 'exists never.txt') },
      async (workspace) => {
        const end = await workspace.cli('run', 'bad.plan.md', '--approve-commands');
        endsWith(1, end);
        assert.match(end.stdout, /✗ T02 failed.*never\.txt does not exist/);
        assert.match(end.stdout, /failed: \d not done.*T02/);
        assert.match(workspace.read('bad.plan.md'), /\[x\] T01[^]*\[ \] T02/);
      },
    ));

  it('runs the subtasks and phases that are named, and no others', async function () {
    this.timeout(90_000);
    const phases = `# Parts\n${['A', 'B', 'C']
      .map(
        (name) =>
          `\n## ${name}\n\ndepends: none\n\n- [ ] ${name}-1 Do ${name}\n` +
          `  - run: echo ${name} > ${name}.txt\n  - check: exists ${name}.txt\n`,
      )
      .join('')}`;
    await inWorkspace({ ...files, 'parts.plan.md': phases }, async (workspace) => {
      const only = ['run', 'shop.plan.md', '--approve-commands', '--subtask', 'T01'];
      endsWith(0, await workspace.cli(...only, '--workers', '1', '--agent', 'command'));
      assert.deepEqual(
        (await runs(workspace)).map((run) => run.subtaskKey),
        ['T01'],
      );
      const two = ['run', 'parts.plan.md', '--approve-commands', '--phase', 'A', 'C'];
      endsWith(0, await workspace.cli(...two));
      const keys = (await runs(workspace)).map((run) => run.subtaskKey);
      assert.deepEqual(keys.sort(), ['A-1', 'C-1', 'T01']);

      const unknown = await workspace.cli('run', 'shop.plan.md', '--subtask', 'T99');
      endsWith(1, unknown);
      assert.match(unknown.stderr, /no subtask T99/);
      const nowhere = await workspace.cli('run', 'shop.plan.md', '--phase', 'Nowhere');
      endsWith(1, nowhere);
      assert.match(nowhere.stderr, /no phase Nowhere/);
    });
  });

  it('takes ticks of the file at their word only when told so', async function () {
    this.timeout(90_000);
    const ticked = shop.replace('[ ] T01', '[x] T01');
    await inWorkspace({ 'one.plan.md': ticked, 'two.plan.md': ticked }, async (workspace) => {
      const options = ['--approve-commands', '--no-wait'];
      // Nobody wrote one.txt, so the claim does not hold.
      const checked = await workspace.cli('run', 'one.plan.md', ...options);
      endsWith(1, checked);
      assert.match(checked.stdout, /T01 needs attention.*one\.txt does not exist/);
      const taken = await workspace.cli('run', 'two.plan.md', ...options, '--accept-claims');
      assert.match(taken.stdout, /✓ T01 accepted/);
    });
  });

  it('lists runs and their stories', () =>
    inWorkspace(files, async (workspace) => {
      const wish = ['run', 'shop.plan.md', '--approve-commands', '--subtask', 'T01'];
      endsWith(0, await workspace.cli(...wish));
      const [run] = await runs(workspace);
      assert.ok(run !== undefined);
      const text = await workspace.cli('runs');
      assert.match(text.stdout, new RegExp(`^${run.id} T01 attempt 1 command completed passed`));
      const story = jsonLines(await workspace.cli('events', run.id, '--json'));
      assert.deepEqual(
        story.map((event) => event['sequence']),
        story.map((_, index) => index + 1),
      );
      assert.equal(story.at(-1)?.['type'], 'completed');
      endsWith(0, await workspace.cli('events', run.id));
      const unknown = await workspace.cli('events', 'nowhere');
      endsWith(1, unknown);
      assert.match(unknown.stderr, /no run nowhere/);
    }));

  it('ends quietly when its reader has had enough', () =>
    inWorkspace(files, async (workspace) => {
      const wish = ['run', 'shop.plan.md', '--approve-commands', '--subtask', 'T01'];
      endsWith(0, await workspace.cli(...wish));
      const cli = workspace.startCli(['runs']);
      cli.closeOutput();
      const end = await cli.ended;
      assert.equal(end.stderr, '');
    }));

  it('stops all by an interruption or by its command', async function () {
    this.timeout(90_000);
    const slow = `# Slow\n\n- [ ] T01 Sleep\n  - run: sleep 100\n  - check: exists never.txt\n`;
    await inWorkspace({ 'slow.plan.md': slow }, async (workspace) => {
      const begin = async () => {
        const cli = workspace.startCli(['run', 'slow.plan.md', '--approve-commands']);
        await until('it runs', () => cli.printed().includes('T01 running'));
        return cli;
      };
      const first = await begin();
      process.kill(first.pid, 'SIGINT');
      const interrupted = await first.ended;
      endsWith(1, interrupted);
      assert.match(interrupted.stdout, /cancelled: Stopped/);
      const second = await begin();
      const stopped = await workspace.cli('stop');
      endsWith(0, stopped);
      assert.match(stopped.stdout, /1 run stopped/);
      endsWith(1, await second.ended);

      const third = await begin();
      const live = (await runs(workspace)).find(({ outcome }) => outcome === null);
      const one = await workspace.cli('stop', live?.id ?? '', '--json');
      endsWith(0, one);
      assert.equal(one.stdout, '{"stopped":1}\n');
      endsWith(1, await third.ended);
      const unknown = await workspace.cli('stop', 'nowhere');
      endsWith(1, unknown);
      assert.match(unknown.stderr, /no run nowhere/);
      assert.equal(workspace.processes().length, 1, 'the engine alone');
    });
  });

  it('stops what another engine had begun, before it goes on', () =>
    inWorkspace(
      { 'slow.plan.md': `# Slow\n\n- [ ] T01 Sleep\n  - run: sleep 100\n  - check: exists x\n` },
      async (workspace) => {
        const cli = workspace.startCli(['run', 'slow.plan.md', '--approve-commands']);
        await until('it runs', () => cli.printed().includes('T01 running'));
        process.kill((await workspace.enginePid()) ?? 0, 'SIGKILL');
        const lost = await cli.ended;
        endsWith(1, lost);
        assert.match(lost.stderr, /engine went away.*again/);
        endsWith(0, await workspace.cli('stop'));
        assert.deepEqual((await status(workspace)).executions, []);
        assert.ok((await runs(workspace)).every(({ outcome }) => outcome !== null));
      },
    ));

  it('goes on with a run that lost its engine', () =>
    inWorkspace(files, async (workspace) => {
      const run = ['run', 'shop.plan.md', '--approve-commands', '--approve-gates'];
      const cli = workspace.startCli(run);
      await until('it runs', () => cli.printed().includes('T01 running'));
      process.kill((await workspace.enginePid()) ?? 0, 'SIGKILL');
      endsWith(1, await cli.ended);
      const again = await workspace.cli(...run);
      endsWith(0, again);
      assert.match(again.stdout, /completed: 3 proven of 3/);
      await until('no execution is left', async () => {
        return (await status(workspace)).executions.length === 0;
      });
    }));

  it('tells of the engine and ends it, and starts none for that', () =>
    inWorkspace(files, async (workspace) => {
      const none = await workspace.cli('engine', 'status', '--json');
      endsWith(0, none);
      assert.equal(none.stdout, '{"engine":null}\n');
      assert.deepEqual(workspace.processes(), []);
      endsWith(0, await workspace.cli('status'));
      const running = await workspace.cli('--json', 'engine', 'status');
      endsWith(0, running);
      assert.match(running.stdout, new RegExp(`"pid":${String(await workspace.enginePid())}`));
      const stopped = await workspace.cli('engine', 'stop');
      endsWith(0, stopped);
      assert.equal(stopped.stdout, 'The engine has ended.\n');
      assert.deepEqual(workspace.processes(), []);
      const again = await workspace.cli('engine', 'stop');
      endsWith(0, again);
      assert.match(again.stdout, /No engine runs/);
    }));

  it('finds a workspace and a plan by a path with links in it', () =>
    inWorkspace(files, async (workspace) => {
      const link = join(workspace.temporary, 'link');
      symlinkSync(workspace.root, link);
      const plan = join(link, 'shop.plan.md');
      const options = ['--approve-commands', '--subtask', 'T01'];
      endsWith(0, await workspace.cli('run', plan, '--workspace', link, ...options));
    }));
});
