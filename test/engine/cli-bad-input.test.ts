import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sqlite } from '../support/in-memory-store';
import { inWorkspace, type CliEnd, type Workspace } from '../support/workspace';

const subtask = (id: string, ...fields: string[]): string =>
  [`- [ ] ${id} Step ${id}`, ...fields.map((field) => `  - ${field}`), ''].join('\n');
const work = (name: string): string[] => [
  `run: echo ${name} > ${name}.txt`,
  `check: exists ${name}.txt`,
];
const good = `# Good\n\n${subtask('T01', ...work('good'))}`;
const approve = '--approve-commands';

/** Ended with this code, and said what matters without the insides of the program. */
function says(end: CliEnd, code: number, ...words: readonly RegExp[]): void {
  const said = end.stdout + end.stderr;
  assert.equal(end.code, code, said);
  for (const word of words) assert.match(said, word);
  assert.doesNotMatch(said, /^ {4}at .+:\d+:\d+\)?$/m, 'a stack trace');
  assert.doesNotMatch(said, /went wrong inside|internal error/i);
}

async function goodPlanRuns(workspace: Workspace): Promise<void> {
  says(await workspace.cli('run', 'good.plan.md', approve, '--allow-dirty'), 0, /1 proven of 1/);
}

interface BadPlan {
  path: string;
  content: string | Buffer;
  /** What `lint` says: file, line, way out. */
  lint: readonly RegExp[];
  /** What `run` says. */
  run: readonly RegExp[];
}

const specFile = '.auto-claude/specs/001-cut/implementation_plan.json';

const badPlans: readonly BadPlan[] = [
  {
    path: 'latin1.plan.md',
    content: Buffer.from('# Plan\n\n- [ ] T01 Caf\xe9\n', 'latin1'),
    lint: [/latin1\.plan\.md:3: .*no UTF-8.*save the file as UTF-8/],
    run: [/latin1\.plan\.md:3: .*no UTF-8.*save the file as UTF-8/],
  },
  {
    path: 'empty.plan.md',
    content: '',
    lint: [/empty\.plan\.md:1: .*is empty.*Write a plan/],
    run: [/empty\.plan\.md:1: .*is empty.*Write a plan/],
  },
  {
    path: specFile,
    content: '{"feature": "Cut",\n "phases": [\n  {"id": 1, "subtasks": [{"id": "s1", "descr',
    lint: [/implementation_plan\.json:3: .*no valid JSON.*repaired/],
    run: [/implementation_plan\.json:3: .*no valid JSON.*repaired/],
  },
  {
    path: 'too-large.plan.md',
    content: `${good}${'x'.repeat(21 * 1024 * 1024)}`,
    lint: [/too-large\.plan\.md:1: .*read up to 20 MiB/],
    run: [/too-large\.plan\.md:1: .*up to 20 MiB.*Split it/],
  },
  {
    path: 'cycle.plan.md',
    content: `# Cycle\n\n${subtask('T01', 'depends: T02', ...work('a'))}${subtask('T02', 'depends: T01', ...work('b'))}`,
    lint: [/cycle\.plan\.md:3: .*T01 → T02 → T01.*Remove one/],
    run: [/cycle\.plan\.md:3: .*T01 → T02 → T01.*Remove one/],
  },
  {
    path: 'absolute.plan.md',
    content: `# Absolute\n\n${subtask('T01', 'run: echo x', 'check: exists /etc/passwd')}`,
    lint: [/absolute\.plan\.md:5: .*\/etc\/passwd leaves the workspace/],
    run: [/absolute\.plan\.md:5: .*\/etc\/passwd leaves the workspace/],
  },
  {
    path: 'agent.plan.md',
    content: `---\nrunsheet: 1\nagent: nobody\n---\n\n# Agent\n\n${subtask('T01', 'check: exists x')}`,
    lint: [],
    run: [/no agent "nobody".*Known agents: command.*runsheet\.yml/],
  },
];

describe('plans that cannot be carried out as they are', () => {
  it('are each told by file, line and way out; the rest keeps working, nothing is lost', async function () {
    this.timeout(180_000);
    await inWorkspace({ 'good.plan.md': good }, async (workspace) => {
      for (const { path, content } of badPlans) {
        mkdirSync(join(workspace.root, path, '..'), { recursive: true });
        writeFileSync(join(workspace.root, path), content);
      }
      for (const { path, lint, run } of badPlans) {
        says(await workspace.cli('lint', path), lint.length === 0 ? 0 : 1, ...lint);
        says(await workspace.cli('run', path, approve, '--allow-dirty'), 1, ...run);
        const json = await workspace.cli('run', path, '--json', approve, '--allow-dirty');
        says(json, 1);
        for (const line of json.stdout.trim().split('\n')) JSON.parse(line);
      }
      const all = await workspace.cli('plan');
      says(all, 0, /^Good +\(good\.plan\.md/m, /latin1\.plan\.md:3/);
      says(await workspace.cli('status'), 0, /good\.plan\.md: Good/);
      await goodPlanRuns(workspace);
      for (const { path, content } of badPlans) {
        assert.ok(Buffer.from(content).equals(readFileSync(join(workspace.root, path))), path);
      }
      assert.doesNotMatch(workspace.engineLog, /bug/);
    });
  });

  it('may be large: 5 MB are read and run', async function () {
    this.timeout(60_000);
    const large = `${good}\n${`${'Prose. '.repeat(100)}\n`.repeat(7500)}`;
    assert.ok(large.length > 5_000_000);
    await inWorkspace({ 'large.plan.md': large }, async (workspace) => {
      says(await workspace.cli('lint', 'large.plan.md'), 0);
      says(await workspace.cli('run', 'large.plan.md', approve), 0, /1 proven/);
      assert.equal(workspace.read('large.plan.md'), large.replace('[ ]', '[x]'));
    });
  });

  it('keep two subtasks of one id apart, and say so', () =>
    inWorkspace(
      {
        'twice.plan.md': `# Twice\n\n${subtask('T01', ...work('a'))}${subtask('T01', ...work('b'))}`,
      },
      async (workspace) => {
        const told = /twice\.plan\.md:6: .*T01 is already used on line 3.*another id/;
        says(await workspace.cli('lint', 'twice.plan.md'), 1, told);
        says(await workspace.cli('run', 'twice.plan.md', approve), 0, told, /2 proven of 2/);
        assert.equal(workspace.read('twice.plan.md').match(/\[x\] T01/g)?.length, 2);
      },
    ));

  it('name files outside the workspace in vain: it is told, and nothing there is touched', () =>
    inWorkspace(
      {
        'outside.plan.md': `# Outside\n\n${subtask('T01', 'files: ../../etc/passwd', ...work('a'))}`,
      },
      async (workspace) => {
        const told =
          /outside\.plan\.md:4: .*\.\.\/\.\.\/etc\/passwd leaves the workspace.*relative/;
        says(await workspace.cli('lint', 'outside.plan.md'), 1, told);
        says(await workspace.cli('run', 'outside.plan.md', approve), 0, told, /1 proven of 1/);
      },
    ));

  it('lie inside the workspace', () =>
    inWorkspace({ 'good.plan.md': good }, async (workspace) => {
      const outside = join(workspace.temporary, 'outside.plan.md');
      writeFileSync(outside, good);
      symlinkSync(outside, join(workspace.root, 'linked.plan.md'));
      for (const path of [outside, 'linked.plan.md', '../../etc/passwd', '/etc/passwd']) {
        says(await workspace.cli('run', path, approve, '--allow-dirty'), 1, /leaves the workspace/);
      }
      const missing = await workspace.cli('run', 'missing.plan.md', approve);
      says(missing, 1, /There is no file missing\.plan\.md/);
      says(await workspace.cli('lint', 'missing.plan.md'), 1, /missing\.plan\.md.*no such file/);
      const list = await workspace.cli('plan', '--json');
      assert.doesNotMatch(list.stdout, /linked/);
      assert.equal(readFileSync(outside, 'utf8'), good);
    }));
});

describe('what a plan asks for and is not there', () => {
  it('is named: a check, a program, an agent, a link that leads out', async function () {
    this.timeout(60_000);
    const plan = `# Missing

${subtask('T01', 'run: echo one > one.txt', 'check: ["no-such-check", "--now"]')}
${subtask('T02', 'run: echo two > two.txt', 'check: no-such-check --later')}
${subtask('T03', 'run: ["no-such-program"]', 'check: exists three.txt')}
${subtask('T04', 'run: echo four > four.txt', 'check: exists etc/passwd')}
`;
    const settings = 'agents:\n  ghost:\n    name: Ghost\n    program: no-such-agent\n';
    const ghost = `---\nrunsheet: 1\nagent: ghost\n---\n\n${subtask('T01', 'check: exists x')}`;
    await inWorkspace({ 'missing.plan.md': plan, 'ghost.plan.md': ghost }, async (workspace) => {
      symlinkSync('/etc', join(workspace.root, 'etc'));
      workspace.repository.commit({ 'runsheet.yml': settings });
      const end = await workspace.cli('run', 'missing.plan.md', approve);
      says(
        end,
        1,
        /T01 needs attention.*"no-such-check" was not found.*correct the command/,
        /T02 needs attention.*no-such-check --later.*not found/,
        /T03 needs attention.*no-such-program was not found/,
        /T04 (needs attention|failed).*etc\/passwd/,
      );
      const agent = await workspace.cli('run', 'ghost.plan.md', approve);
      says(agent, 1, /Ghost is not installed: no-such-agent is not on the PATH.*runsheet\.yml/);
      assert.equal(workspace.read('missing.plan.md'), plan, 'nothing was ticked');
    });
  });
});

describe('a workspace in which nothing can be run', () => {
  it('is no git repository, or one without a commit: says the commands that make it one', () =>
    inWorkspace({}, async (workspace) => {
      const folder = join(workspace.temporary, 'bare');
      mkdirSync(folder);
      writeFileSync(join(folder, 'good.plan.md'), good);
      const run = ['--workspace', folder, 'run', join(folder, 'good.plan.md'), approve];
      says(await workspace.cli(...run), 1, /not in a git repository.*git init/);
      says(await workspace.cli('--workspace', folder, 'plan'), 0, /Good/);
      execFileSync('git', ['init', '-q', '-b', 'main', folder]);
      says(await workspace.cli(...run), 1, /no commit yet.*git commit/);
      workspace.repository.gitIn(folder, 'add', '.');
      const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
      workspace.repository.gitIn(folder, ...author, 'commit', '-q', '-m', 'Start');
      says(await workspace.cli(...run), 0, /1 proven/);
      says(await workspace.cli('--workspace', folder, 'engine', 'stop'), 0);
    }));

  it('has changes that are not committed: names them, and leaves them', () =>
    inWorkspace({ 'good.plan.md': good, 'a.txt': 'before\n' }, async (workspace) => {
      workspace.write('a.txt', 'after\n');
      workspace.write('new.txt', 'new\n');
      const run = ['run', 'good.plan.md', approve];
      says(await workspace.cli(...run), 1, /a\.txt, new\.txt.*Commit or stash.*\n.*--allow-dirty/);
      says(await workspace.cli(...run, '--allow-dirty'), 0, /1 proven/);
      assert.equal(workspace.read('a.txt'), 'after\n');
      assert.equal(workspace.read('new.txt'), 'new\n');
      const status = workspace.repository.git('status', '--porcelain');
      assert.deepEqual(
        status.split('\n').map((line) => line.trim()),
        ['M a.txt', 'M good.plan.md', '?? new.txt'],
      );
    }));

  it('is read-only: plans are shown, the rest is refused with the folder and the way out', function () {
    return inWorkspace({ 'good.plan.md': good }, async (workspace) => {
      const writable = makeReadOnly(workspace.root);
      if (writable === null) {
        process.stdout.write('      SKIPPED: no folder can be made read-only here.\n');
        this.skip();
      }
      try {
        const refused = /\.runsheet, which cannot be written\. Allow writing there/;
        says(await workspace.cli('run', 'good.plan.md', approve), 1, refused);
        says(await workspace.cli('status', '--json'), 1, refused, /"code":"read_only"/);
        says(await workspace.cli('plan'), 0, /Good/);
        says(await workspace.cli('lint', 'good.plan.md'), 0);
      } finally {
        writable();
      }
      await goodPlanRuns(workspace);
    });
  });
});

/** Makes a folder read-only, for root too; gives what undoes it, or `null` where it cannot be done. */
function makeReadOnly(folder: string): (() => void) | null {
  const works = (program: string, ...args: string[]): boolean =>
    spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  const cannotWrite = (): boolean => {
    try {
      writeFileSync(join(folder, 'probe'), '');
      rmSync(join(folder, 'probe'));
      return false;
    } catch {
      return true;
    }
  };
  const ways: readonly [() => boolean, () => void][] = [
    [() => works('chmod', '555', folder), () => void works('chmod', '755', folder)],
    [() => works('chattr', '+i', folder), () => void works('chattr', '-i', folder)],
    [
      () =>
        works('mount', '--bind', folder, folder) && works('mount', '-o', 'remount,ro,bind', folder),
      () => void works('umount', folder),
    ],
  ];
  for (const [make, undo] of ways) {
    if (make() && cannotWrite()) return undo;
    undo();
  }
  return null;
}

describe('a database that cannot be used', () => {
  const database = (workspace: Workspace) => join(workspace.root, '.runsheet/runsheet.db');

  /** With a proven subtask in the database, and no engine. */
  async function withHistory(work: (workspace: Workspace) => Promise<void>): Promise<void> {
    await inWorkspace({ 'good.plan.md': good }, async (workspace) => {
      await goodPlanRuns(workspace);
      says(await workspace.cli('engine', 'stop'), 0);
      await work(workspace);
    });
  }

  function keptAside(workspace: Workspace): string {
    const folder = join(workspace.root, '.runsheet');
    const name = readdirSync(folder).find((one) => one.startsWith('runsheet.db.corrupt-'));
    assert.ok(name !== undefined);
    return join(folder, name);
  }

  it('is of a newer version: is refused and left as it is', () =>
    withHistory(async (workspace) => {
      const bytes = readFileSync(database(workspace));
      bytes.writeUInt32BE(99, 60); // user_version in the header of an SQLite file
      writeFileSync(database(workspace), bytes);
      const told = /runsheet\.db was written by a newer Runsheet \(schema 99.*Update Runsheet/;
      says(await workspace.cli('status'), 1, told);
      says(
        await workspace.cli('run', 'good.plan.md', '--json'),
        1,
        told,
        /"code":"newer_database"/,
      );
      assert.ok(readFileSync(database(workspace)).equals(bytes));
      says(await workspace.cli('plan'), 0, /Good/);
      assert.deepEqual(workspace.processes(), []);
      assert.deepEqual(workspace.sockets(), []);
    }));

  for (const where of ['its first page', 'a page within'] as const) {
    it(`is damaged in ${where}, without a backup: is kept aside, and plans are read anew`, () =>
      withHistory(async (workspace) => {
        const bytes = readFileSync(database(workspace));
        const start = where === 'its first page' ? 0 : 4096;
        bytes.fill('damaged', start, start + 8192);
        writeFileSync(database(workspace), bytes);
        const told =
          /damaged and is kept as .*corrupt-.*no backup: the history of runs begins anew/;
        says(await workspace.cli('status'), 0, told, /good\.plan\.md: Good/);
        assert.ok(readFileSync(keptAside(workspace)).equals(bytes));
        // What was merged is still on the plan's branch, so its claim proves true.
        says(await workspace.cli('run', 'good.plan.md', approve), 0, /1 proven of 1/);
      }));
  }

  it('is damaged, with a backup: the backup takes its place, and what is lost is said', () =>
    withHistory(async (workspace) => {
      copyFileSync(database(workspace), `${database(workspace)}.backup`);
      const bytes = readFileSync(database(workspace));
      bytes.fill('damaged', 4096, 12288);
      writeFileSync(database(workspace), bytes);
      const told =
        /damaged and is kept as .*backup of \d{4}-.* took its place; what was stored later is lost/;
      const status = await workspace.cli('status', '--json');
      says(status, 0, told);
      assert.match(status.stdout, /"proof":"proven"/);
      JSON.parse(status.stdout);
      assert.ok(readFileSync(keptAside(workspace)).equals(bytes));
      says(await workspace.cli('runs'), 0, /T01 attempt 1 command completed passed/);
    }));

  it('is gone, with a backup: the same', () =>
    withHistory(async (workspace) => {
      copyFileSync(database(workspace), `${database(workspace)}.backup`);
      rmSync(database(workspace));
      says(await workspace.cli('runs'), 0, /was missing.*backup of/, /T01 attempt 1/);
    }));

  it('belongs to another program: is left alone', () =>
    inWorkspace({ 'good.plan.md': good }, async (workspace) => {
      mkdirSync(join(workspace.root, '.runsheet'));
      const other = (await sqlite()).openInMemory();
      other.run("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('not ours')");
      writeFileSync(database(workspace), other.export());
      const before = readFileSync(database(workspace));
      says(
        await workspace.cli('status'),
        1,
        /runsheet\.db is a database of another program.*Move it/,
      );
      assert.ok(readFileSync(database(workspace)).equals(before));
      assert.ok(!existsSync(`${database(workspace)}-wal`));
    }));
});
