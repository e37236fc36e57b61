import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../../src/agents/environment';
import { followTreeWith } from '../../src/agents/process-tree';
import { RunClock } from '../../src/agents/run-clock';
import { systemProcesses } from '../../src/agents/system-processes';
import type { CheckContext, CheckResult } from '../../src/checks/check';
import type { FollowTree } from '../../src/checks/run-command';
import type { CheckEffects } from '../../src/checks/runner';
import { SystemClock } from '../../src/platform/clock';
import { RunSwitch } from '../../src/runs/run-switch';
import { NodeSpawn, type CommandLine } from '../../src/platform/spawn';
import { checkContext, validator, validatorRunner } from '../support/check-context';
import { FakeClock } from '../support/fake-clock';
import { withTemporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';

const clock = new SystemClock();
const processes = systemProcesses(new NodeSpawn(), clock);
const followTree = followTreeWith(processes, clock);
const nothing = (): Promise<void> => Promise.resolve();
let count = 0;

/** Runs a command as a check in a new folder. */
function run(
  config: Record<string, unknown>,
  parts: Partial<CheckContext> = {},
  prepare: (folder: string) => Promise<unknown> = nothing,
  effects: Partial<CheckEffects> = {},
): Promise<CheckResult & { marker: string }> {
  return withTemporaryFolder(async (folder) => {
    await prepare(folder);
    const marker = `check-${process.pid}-${(count += 1)}`;
    const env = childEnvironment(process.env, marker);
    const context = checkContext(folder, { marker, env, ...parts });
    const result = await validatorRunner({ followTree, ...effects }).run(
      validator('test_pass', config),
      context,
    );
    assert.deepEqual(await processes.carrying(marker), [], 'no process is left');
    return { ...result, marker };
  });
}

/** Whether the system has stopped it: the state is the first field behind the name. */
function isFrozen(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

const node = (script: string): string[] => [process.execPath, '-e', script];

describe('the check test_pass', () => {
  it('passes on the expected exit code, with command, folder and output as evidence', async () => {
    const command = ['node', '-e', 'console.log("out"); console.error("err")'];
    const result = await run({ command });
    assert.deepEqual([result.outcome, result.exitCode], ['passed', 0]);
    assert.deepEqual(result.output.trim().split('\n').sort(), ['err', 'out']);
    assert.ok(String(result.details['command']).startsWith('node -e '));
    assert.ok(String(result.details['tail']).includes('out'));
    assert.ok(result.durationMs > 0);
  });

  it('fails on another one, and passes when a failure is expected', async () => {
    const failed = await run({ command: node('process.exit(3)') });
    assert.deepEqual([failed.outcome, failed.exitCode], ['failed', 3]);
    assert.ok(failed.message.includes('ended with 3, expected 0'), failed.message);
    const expected = await run({ command: node('process.exit(3)'), expected_exit_code: 3 });
    assert.equal(expected.outcome, 'passed');
  });

  it('fails when a signal ends the command', async () => {
    const result = await run({ command: node('process.kill(process.pid, "SIGSEGV")') });
    assert.deepEqual([result.outcome, result.exitCode], ['failed', null]);
    assert.ok(result.message.includes('SIGSEGV'), result.message);
  });

  it('gives a list of arguments to the program as they are, without a shell', async () => {
    const odd = ['$(echo x)', '; echo y', 'a b', '"', '*'];
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const result = await run({ command: [...node(script), ...odd] });
    assert.equal(result.output, `${JSON.stringify(odd)}\n`);
  });

  it('runs an approved text by the shell, and only exactly what was approved', async () => {
    const approved = 'echo one | tr o 0 && exit 0';
    const asked: unknown[] = [];
    const isApproved: CheckContext['isApproved'] = (command) => {
      asked.push(command);
      return command === approved;
    };
    assert.equal((await run({ command: approved }, { isApproved })).output, '0ne\n');
    for (const command of ['echo two', ['echo', 'one']]) {
      const result = await run({ command }, { isApproved });
      assert.deepEqual([result.outcome, result.output], ['skipped', '']);
      assert.ok(result.message.startsWith('Not approved'), result.message);
    }
    assert.deepEqual(asked, [approved, 'echo two', ['echo', 'one']]);
  });

  it('fills in values, and lets none of them become shell', async () => {
    const values = { run_id: 'r-1', subtask_key: '$(touch owned)' };
    const filled = await run({ command: 'echo {run_id}' }, { values });
    assert.equal(filled.output, 'r-1\n');
    const listed = await run({ command: ['echo', '{subtask_key}'] }, { values });
    assert.equal(listed.output, '$(touch owned)\n');
    const refused = await run({ command: 'echo {subtask_key}' }, { values });
    assert.equal(refused.outcome, 'error');
    assert.ok(refused.message.includes('list of arguments'), refused.message);
    const shell = ['/bin/sh', '-c', 'echo {subtask_key}'];
    assert.equal((await run({ command: shell }, { values })).outcome, 'error');
    assert.equal((await run({ command: 'echo {nope}' }, { values })).outcome, 'error');
  });

  it('leaves nothing behind that has lost its parent and its environment', async () => {
    const result = await run({ command: 'env -i sleep 300 >/dev/null 2>&1 & echo $!' });
    assert.equal(result.outcome, 'passed');
    assert.equal(await processes.find(Number(result.output)), null);
  });

  it('stands still in a pause, which does not count against its time', async () => {
    const pause = new RunSwitch();
    const by = { actor: 'person:ada', reason: null };
    const fake = new FakeClock();
    using time = new RunClock(fake, pause);
    let pid = 0;
    const follow: FollowTree = (child, marker) => {
      pid = child.pid;
      return followTree(child, marker);
    };
    const command = { command: ['sleep', '300'], timeout_seconds: 3 };
    const running = run(command, { pause, time }, nothing, { followTree: follow });
    await until(() => pid !== 0);
    pause.set(true, by);
    await until(() => isFrozen(pid));
    await fake.pass(10_000);
    assert.equal(isFrozen(pid), true);
    pause.set(false, by);
    await until(() => !isFrozen(pid));
    await fake.pass(3_000);
    const result = await running;
    assert.deepEqual([result.outcome, result.details['timedOut']], ['error', true]);
  });

  it('does not begin in a pause', async () => {
    const pause = new RunSwitch();
    const by = { actor: 'person:ada', reason: null };
    pause.set(true, by);
    let began = false;
    const running = run({ command: ['true'] }, { pause }, nothing, {
      followTree: (child, marker) => {
        began = true;
        return followTree(child, marker);
      },
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(began, false);
    pause.set(false, by);
    assert.equal((await running).outcome, 'passed');
  });

  it('gives the environment that it was handed and nothing else', async () => {
    const env = { PATH: process.env['PATH'] ?? '', ONLY: 'this' };
    const script = 'console.log(Object.keys(process.env).sort().join())';
    assert.equal((await run({ command: node(script) }, { env })).output, 'ONLY,PATH\n');
  });

  it('runs in a folder of the tree and in no other', async () => {
    const prepare = (folder: string) => mkdir(join(folder, 'sub'));
    const script = 'console.log(require("path").basename(process.cwd()))';
    const inside = { command: node(script), working_directory: 'sub' };
    assert.equal((await run(inside, {}, prepare)).output, 'sub\n');
    for (const path of ['..', '/', 'none']) {
      const result = await run({ command: node(script), working_directory: path });
      assert.deepEqual([result.outcome, result.output], ['error', ''], path);
      assert.ok(result.message.includes(JSON.stringify(path)), result.message);
    }
  });

  it('names a program that is missing, also when a shell or a script looked for it', async () => {
    const result = await run({ command: ['no-such-program', 'x'] });
    assert.equal(result.outcome, 'error');
    assert.ok(result.message.includes('"no-such-program" was not found'), result.message);
    assert.ok(result.message.includes('Install it'), result.message);
    const shell = await run({ command: 'no-such-program x' });
    assert.equal(shell.outcome, 'error');
    assert.ok(shell.message.includes('no-such-program'), shell.message);
  });

  it('names a program that may not be executed', async () => {
    const prepare = async (folder: string) => {
      await writeFile(join(folder, 'plain'), 'x');
      await chmod(join(folder, 'plain'), 0o644);
    };
    const result = await run({ command: ['./plain'] }, {}, prepare);
    assert.equal(result.outcome, 'error');
    assert.ok(result.message.includes('"./plain" may not be executed'), result.message);
  });

  it('stops the whole tree after the time limit, sessions of their own too', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const options = { detached: true, stdio: 'inherit' };
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options);
      console.log('child', child.pid);
      process.on('SIGTERM', () => console.log('not now'));
      setInterval(() => {}, 1000);`;
    const result = await run({ command: node(script), timeout_seconds: 1 });
    assert.equal(result.outcome, 'error');
    assert.ok(result.message.includes('after 1 s'), result.message);
    assert.equal(result.details['timedOut'], true);
    const pid = Number(/child (\d+)/.exec(result.output)?.[1]);
    assert.ok(pid > 0 && !isAlive(pid), 'the detached child is gone');
  });

  it('leaves no server of the command behind and does not wait for it', async () => {
    const result = await run({ command: 'sleep 300 & echo $!', timeout_seconds: 60 });
    assert.equal(result.outcome, 'passed');
    assert.ok(result.durationMs < 30_000);
    assert.equal(isAlive(Number(result.output)), false);
  });

  it('is skipped when it is stopped in the middle, with its processes', async () => {
    const stop = new AbortController();
    const spawn = {
      start: async (command: CommandLine) => {
        const child = await new NodeSpawn().start(command);
        child.stdout.once('data', () => stop.abort());
        return child;
      },
    };
    const command = node('console.log("on"); setInterval(() => {}, 1000)');
    const result = await run({ command }, { signal: stop.signal }, nothing, { spawn });
    assert.deepEqual([result.outcome, result.output], ['skipped', 'on\n']);
  });

  it('keeps head and tail of ten megabytes, and masks secrets', async () => {
    const key = `ghp_${'a'.repeat(36)}`;
    const script = `console.log('key ${key}');
      for (let i = 0; i < 1e6; i += 1) process.stdout.write('line ' + i + '\\n');`;
    const result = await run({ command: node(script) });
    assert.ok(result.output.length < 1.01 * 1024 * 1024);
    assert.ok(result.output.includes('line 0\n') && result.output.endsWith('line 999999\n'));
    assert.ok(!JSON.stringify(result).includes(key));
  });

  it('reads the number of tests from a real node:test run', async () => {
    const prepare = (folder: string) =>
      writeFile(
        join(folder, 'a.test.js'),
        `const { test } = require('node:test'); test('a', () => {}); test('b', () => {});
         test('c', { skip: true }, () => {});`,
      );
    const least = (min_tests: number) =>
      run({ command: [process.execPath, '--test'], min_tests }, {}, prepare);
    const two = await least(2);
    assert.deepEqual([two.outcome, two.details['tests']], ['passed', 2]);
    const three = await least(3);
    assert.equal(three.outcome, 'failed');
    assert.ok(three.message.includes('2 tests passed, at least 3'), three.message);
    const silent = await run({ command: node(''), min_tests: 1 });
    assert.equal(silent.outcome, 'error');
  });
}).timeout(60_000);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that nobody has collected yet has ended all the same.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
