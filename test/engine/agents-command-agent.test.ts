import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentOutcome, AgentTask } from '../../src/agents/agent';
import { CommandAgent } from '../../src/agents/command-agent';
import { commandDefinition } from '../../src/agents/known-agents';
import { processesMarked } from '../support/owned-process';
import { agentTask, RecordingHost, systemEffects } from '../support/recording-host';
import { withTemporaryFolder } from '../support/temporary-folder';

const stubbornTree = fileURLToPath(
  new URL('../fixtures/agents/stubborn-tree.mjs', import.meta.url),
);
const never = new AbortController().signal;

async function runCommand(
  changes: Partial<AgentTask>,
  host = new RecordingHost(),
  signal = never,
): Promise<{ outcome: AgentOutcome; host: RecordingHost; task: AgentTask }> {
  return withTemporaryFolder(async (folder) => {
    const task = agentTask(folder, { scratchDirectory: join(folder, 'scratch'), ...changes });
    const agent = new CommandAgent(
      commandDefinition,
      systemEffects({ ...process.env, GIT_DIR: '/x' }),
    );
    const outcome = await agent.run(task, host, signal);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', task.runId), []);
    return { outcome, host, task };
  });
}

describe('the command agent', function () {
  this.timeout(30_000);

  it('runs a shell line in the worktree and hands over what it prints', async () => {
    await withTemporaryFolder(async (folder) => {
      const command = 'echo written > made.txt; echo one; echo two >&2';
      const host = new RecordingHost();
      const task = agentTask(folder, { command, scratchDirectory: join(folder, 'scratch') });
      const outcome = await new CommandAgent(commandDefinition, systemEffects()).run(
        task,
        host,
        never,
      );
      assert.deepEqual(outcome, { kind: 'completed', stopReason: 'exit', permissionDenials: 0 });
      assert.equal(await readFile(join(folder, 'made.txt'), 'utf8'), 'written\n');
      assert.equal(host.output('stdout'), 'one\n');
      assert.equal(host.output('stderr'), 'two\n');
    });
  });

  it('gives the prompt on the input and in a file, and the subtask as JSON in a file', async () => {
    const command = 'cat; echo; cat "$RUNSHEET_PROMPT_FILE"; echo; cat "$RUNSHEET_SUBTASK_FILE"';
    const { host } = await runCommand({ command, prompt: 'grüße', subtaskJson: '{"id":"1"}' });
    assert.equal(host.output('stdout'), 'grüße\ngrüße\n{"id":"1"}\n');
  });

  it('names the run, the subtask and the worktree in the environment, and passes nothing of git on', async () => {
    const command = 'echo "$RUNSHEET_RUN_ID $RUNSHEET_SUBTASK_ID $RUNSHEET_WORKTREE [$GIT_DIR]"';
    const { host, task } = await runCommand({ command });
    assert.equal(host.output('stdout'), `${task.runId} T1 ${task.worktree} []\n`);
  });

  it('starts an argument array without a shell', async () => {
    const script = 'process.stdout.write(process.argv[1])';
    const { host } = await runCommand({
      command: [process.execPath, '-e', script, '$HOME; echo "x"'],
    });
    assert.equal(host.output('stdout'), '$HOME; echo "x"\n');
  });

  it('fails with the exit code and the last lines of the error output', async () => {
    const { outcome } = await runCommand({ command: 'echo no such thing >&2; exit 3' });
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.code, 'exit_code');
    assert.equal(outcome.exitCode, 3);
    assert.match(outcome.message, /exit code 3[^]*no such thing/);
  });

  it('names a program that is not installed', async () => {
    const { outcome } = await runCommand({ command: ['no-such-program-anywhere'] });
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.code, 'not_installed');
    assert.match(outcome.message, /^no-such-program-anywhere was not found\. Install it/);
  });

  it('runs nothing when the subtask has no command, least of all its prompt', async () => {
    const host = new RecordingHost();
    const { outcome } = await runCommand({ command: null, prompt: 'echo x' }, host);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.code, 'launch');
    assert.deepEqual(host.processes, []);
  });

  it('says that the worktree is missing rather than the program', async () => {
    const { outcome } = await runCommand({ command: ['true'], worktree: '/no/such/folder' });
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.code, 'launch');
    assert.match(outcome.message, /\/no\/such\/folder/);
  });

  it('says that a file without the right to run cannot be started', async () => {
    await withTemporaryFolder(async (folder) => {
      const file = join(folder, 'plain.txt');
      await writeFile(file, 'x', { mode: 0o644 });
      const { outcome } = await runCommand({ command: [file] });
      assert.ok(outcome.kind === 'failed');
      assert.equal(outcome.code, 'launch');
    });
  });

  it('ends every process when it is stopped, a stubborn tool in its own session too', async () => {
    const controller = new AbortController();
    const host = new RecordingHost();
    const running = runCommand(
      { command: [process.execPath, stubbornTree] },
      host,
      controller.signal,
    );
    await host.until(() => host.output('stdout').startsWith('ready'));
    assert.equal(processesMarked('RUNSHEET_RUN_ID', host.processes[0]?.marker ?? '').length, 3);
    controller.abort();
    assert.deepEqual((await running).outcome, { kind: 'cancelled' });
  });

  it('ends what a command that has finished leaves running, and does not wait for it', async () => {
    const { outcome, host } = await runCommand({ command: 'sleep 600 & echo done' });
    assert.equal(outcome.kind, 'completed');
    assert.equal(host.output('stdout'), 'done\n');
  });

  it('takes what its own program prints about its provider for trouble', async () => {
    const line = 'API Error: 529 {"type":"error","error":{"type":"overloaded_error"}}';
    const agent = {
      ...commandDefinition,
      program: '/bin/sh',
      args: ['-c', `echo '${line}'; exit 1`],
    };
    await withTemporaryFolder(async (folder) => {
      const task = agentTask(folder, { scratchDirectory: join(folder, 'scratch') });
      const host = new RecordingHost();
      const outcome = await new CommandAgent(agent, systemEffects()).run(task, host, never);
      assert.ok(outcome.kind === 'failed');
      assert.deepEqual([outcome.code, outcome.exitCode], ['overloaded', 1]);
    });
  });

  it("takes what a subtask's own command prints for a matter of the subtask", async () => {
    const command = 'echo "Error: connect ECONNREFUSED 127.0.0.1:5432" >&2; exit 1';
    const { outcome } = await runCommand({ command });
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.code, 'exit_code');
  });

  it('ends a command that is silent for too long', async () => {
    const limits = { silenceMs: 200, totalMs: 60_000, startMs: 1, permissionMs: 1 };
    const { outcome } = await runCommand({ command: 'sleep 600', limits });
    assert.deepEqual(outcome, { kind: 'timed_out', which: 'silence' });
  });

  it('ends a command that takes too long although it talks', async () => {
    const limits = { silenceMs: 60_000, totalMs: 500, startMs: 1, permissionMs: 1 };
    const { outcome } = await runCommand({
      command: 'while :; do echo x; sleep 0.05; done',
      limits,
    });
    assert.deepEqual(outcome, { kind: 'timed_out', which: 'total' });
  });

  it('is not started when it was stopped before', async () => {
    const host = new RecordingHost();
    const { outcome } = await runCommand({ command: 'echo x' }, host, AbortSignal.abort());
    assert.deepEqual(outcome, { kind: 'cancelled' });
    assert.deepEqual(host.processes, []);
  });

  it('passes a failure of its owner on, with every process ended', async () => {
    const host = new RecordingHost();
    host.onEvent = () => Promise.reject(new Error('the disk is full'));
    const command = 'echo x; sleep 600';
    await assert.rejects(runCommand({ command }, host), /the disk is full/);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', host.processes[0]?.marker ?? ''), []);
  });

  it('holds a program back that prints faster than its owner takes events, and loses nothing', async () => {
    const host = new RecordingHost();
    let open = 0;
    let mostOpen = 0;
    const take = host.onEvent.bind(host);
    host.onEvent = async (event) => {
      mostOpen = Math.max(mostOpen, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      await take(event);
      open -= 1;
    };
    const script = 'for (let i = 0; i < 200000; i++) console.log(i)';
    await runCommand({ command: [process.execPath, '-e', script] }, host);
    const expected = Array.from({ length: 200_000 }, (_value, index) => `${index}\n`).join('');
    assert.ok(host.output('stdout') === expected);
    assert.equal(mostOpen, 1);
  });
});
