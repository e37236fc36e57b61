import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentOutcome, AgentTask } from '../../src/agents/agent';
import { CommandAgent } from '../../src/agents/command-agent';
import { childEnvironment } from '../../src/agents/environment';
import { commandDefinition } from '../../src/agents/known-agents';
import { ProcessTree, stopLeftovers } from '../../src/agents/process-tree';
import { canFreeze } from '../../src/agents/system-processes';
import { RunSwitch } from '../../src/runs/run-switch';
import { eventually } from '../support/eventually';
import { processesMarked } from '../support/owned-process';
import { agentTask, RecordingHost, systemEffects } from '../support/recording-host';
import { withTemporaryFolder } from '../support/temporary-folder';

const program = fileURLToPath(new URL('../fixtures/agents/counting-tree.mjs', import.meta.url));
const { spawn, clock, processes } = systemEffects();
const person = { actor: 'person:Ada', reason: null };

/** How far each process of the tree has counted. */
async function counts(folder: string): Promise<number[]> {
  const sizes = ['leader', 'tool', 'child'].map(async (name) => {
    const found = await stat(join(folder, name)).catch(() => null);
    return found?.size ?? 0;
  });
  return Promise.all(sizes);
}

/** So long that each would have counted ten times. */
function aWhile(): Promise<void> {
  return new Promise((resolve) => clock.after(300, resolve));
}

/** Resolves as soon as all of them count on. */
async function goesOn(folder: string): Promise<void> {
  const before = await counts(folder);
  await eventually(async () => {
    const now = await counts(folder);
    return now.every((count, index) => count > (before[index] ?? 0)) ? true : null;
  });
}

async function standsStill(folder: string): Promise<boolean> {
  const before = await counts(folder);
  await aWhile();
  return JSON.stringify(await counts(folder)) === JSON.stringify(before);
}

async function untilStill(folder: string): Promise<void> {
  await eventually(async () => ((await standsStill(folder)) ? true : null));
}

interface Counting {
  folder: string;
  pause: RunSwitch;
  host: RecordingHost;
  stop: () => void;
  outcome: Promise<AgentOutcome>;
}

/** Lets a run of the counting tree go until `work` is done with it; nothing of it is left. */
async function withRun(
  work: (run: Counting) => Promise<void>,
  limits: Partial<AgentTask['limits']> = {},
  pause = new RunSwitch(),
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const scratchDirectory = join(folder, 'scratch');
    const task = agentTask(folder, {
      scratchDirectory,
      pause,
      command: [process.execPath, program],
    });
    const host = new RecordingHost();
    const stopper = new AbortController();
    const agent = new CommandAgent(commandDefinition, systemEffects());
    const whole = { ...task, limits: { ...task.limits, ...limits } };
    const outcome = agent.run(whole, host, stopper.signal);
    const stop = (): void => stopper.abort();
    await work({ folder, pause, host, stop, outcome });
    stop();
    await outcome;
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', task.runId), []);
    assert.ok(await standsStill(folder), 'a process without the marker is left');
  });
}

describe('pausing a run', function () {
  this.timeout(30_000);

  before(function () {
    if (!canFreeze) this.skip();
  });

  it('stops every process of the tree where it is, and lets all go on', async () => {
    await withRun(async ({ folder, pause, outcome }) => {
      await goesOn(folder);
      pause.set(true, person);
      await untilStill(folder);
      pause.set(false, person);
      await goesOn(folder);
      await writeFile(join(folder, 'enough'), '');
      assert.equal((await outcome).kind, 'completed');
    });
  });

  it('lets no limit run on meanwhile', async () => {
    await withRun(
      async ({ folder, pause, outcome }) => {
        await goesOn(folder);
        pause.set(true, person);
        await untilStill(folder);
        // Longer than the whole run may take.
        for (let n = 0; n < 12; n++) await aWhile();
        pause.set(false, person);
        await goesOn(folder);
        await writeFile(join(folder, 'enough'), '');
        assert.equal((await outcome).kind, 'completed');
      },
      { totalMs: 3_000, silenceMs: 3_000 },
    );
  });

  it('can be followed by a stop, which leaves nothing', async () => {
    await withRun(async ({ folder, pause, outcome, stop }) => {
      await goesOn(folder);
      pause.set(true, person);
      await untilStill(folder);
      stop();
      assert.deepEqual(await outcome, { kind: 'cancelled' });
    });
  });

  it('may be taken back at once, and set again', async () => {
    await withRun(async ({ folder, pause }) => {
      await goesOn(folder);
      for (const isPaused of [true, false, true, false, true]) pause.set(isPaused, person);
      await untilStill(folder);
      pause.set(false, person);
      await goesOn(folder);
    });
  });

  it('before the program starts holds it back', async () => {
    const pause = new RunSwitch();
    pause.set(true, person);
    await withRun(
      async ({ folder, host }) => {
        await aWhile();
        assert.deepEqual(host.processes, []);
        pause.set(false, person);
        await goesOn(folder);
      },
      {},
      pause,
    );
  });

  it('before the program starts does not keep it from being stopped', async () => {
    const pause = new RunSwitch();
    pause.set(true, person);
    await withRun(
      async ({ host, stop, outcome }) => {
        stop();
        assert.deepEqual(await outcome, { kind: 'cancelled' });
        assert.deepEqual(host.processes, []);
      },
      {},
      pause,
    );
  });
});

describe('frozen leftovers of an engine that died', function () {
  this.timeout(30_000);

  before(function () {
    if (!canFreeze) this.skip();
  });

  it('are ended like others', async () => {
    await withTemporaryFolder(async (folder) => {
      const marker = crypto.randomUUID();
      const env = childEnvironment(process.env, marker);
      const command = { program: process.execPath, args: [program], cwd: folder, env };
      const child = await spawn.start(command);
      child.stdout.resume();
      child.stderr.resume();
      const leader = await processes.find(child.pid);
      assert.ok(leader);
      await goesOn(folder);
      await new ProcessTree(leader, marker, processes, clock).hold(true);
      assert.ok(await standsStill(folder));
      const left = await stopLeftovers(leader, marker, processes, clock);
      assert.deepEqual(left, []);
      assert.equal(await processes.find(child.pid), null);
      assert.ok(await standsStill(folder));
    });
  });
});
