import assert from 'node:assert/strict';
import { join } from 'node:path';
import { z } from 'zod';
import { gateCommand } from '../../../src/cli/gates';
import type { Io } from '../../../src/cli/io';
import { answerCommand, permissionsCommand } from '../../../src/cli/permissions';
import {
  engineStatusCommand,
  engineStopCommand,
  eventsCommand,
  runsCommand,
  statusCommand,
  stopCommand,
  type Asking,
} from '../../../src/cli/queries';
import { RunCommand, type RunArgs } from '../../../src/cli/run';
import { RunsheetError } from '../../../src/model/errors';
import type { EngineClient } from '../../../src/protocol/engine-client';
import { checkResult, completed, question } from '../../support/fake-agent';
import { engineStatus } from '../../../src/protocol/messages';
import { EngineWorld } from '../../support/engine-world';
import { planPath } from '../../support/runs-world';
import { until } from '../../support/until';

const simple = `- [ ] T01 One
  - check: npm test
- [ ] T02 Two
  - check: npm test
  - depends: T01
`;
const gated = `- [ ] T01 One
  - check: npm test
- gate: Look first

## Second

- [ ] T02 Two
  - check: npm test
`;

class Terminal implements Io {
  out = '';
  err = '';
  constructor(readonly cwd: string) {}

  stdout(text: string): void {
    this.out += text;
  }

  stderr(text: string): void {
    this.err += text;
  }

  get lines(): string[] {
    return this.out.trimEnd().split('\n');
  }
}

interface Desk {
  engine: EngineWorld;
  client: EngineClient;
  io: Terminal;
  asking: (json?: boolean) => Asking;
  run: (args?: Partial<RunArgs>, signal?: AbortSignal) => Promise<number>;
}

function withEngine(text: string, work: (desk: Desk) => Promise<void>): Promise<void> {
  return EngineWorld.with({ [planPath]: text }, async (engine) => {
    using client = await engine.connect();
    const { workspace } = engine.world;
    const io = new Terminal(workspace);
    const run = (args: Partial<RunArgs> = {}, signal = new AbortController().signal) => {
      const whole: RunArgs = {
        ...{ workspace, path: planPath, subtasks: [], phases: [], workers: null, agent: 'fake' },
        ...{ approveCommands: true, approveGates: false, acceptClaims: false },
        ...{ allowDirty: false, wait: true, json: false },
        ...args,
      };
      return engine.passing(new RunCommand(client, whole, io).run(signal));
    };
    await work({ engine, client, io, run, asking: (json = false) => ({ client, io, json }) });
  });
}

const event = z.looseObject({ event: z.string() });

describe('runsheet run', () => {
  it('ends with 0 when everything is proven, and tells how it went', () =>
    withEngine(simple, async ({ run, io }) => {
      assert.equal(await run(), 0);
      assert.deepEqual(
        // How many are done is as of the moment in which it is told.
        io.lines.filter((line) => !line.startsWith(' ')).map((line) => line.replace(/\d\//, 'N/')),
        [
          'approved: npm test',
          '✓ T01 proven [N/2] One',
          '✓ T02 proven [N/2] Two',
          'completed: 2 proven of 2.',
        ],
      );
    }));

  it('ends with 1 when something is not, and says why', () =>
    withEngine(simple, async ({ run, io, engine }) => {
      engine.world.checks.byCommand({ 'npm test': 'failed' });
      assert.equal(await run(), 1);
      assert.match(io.out, /✗ T01 failed \[0\/2\] One: npm test failed\./);
      assert.match(io.lines.at(-1) ?? '', /^failed: 2 not done\. T01 \(failed\)/);
    }));

  it('runs only what is asked for', () =>
    withEngine(simple, async ({ run, engine }) => {
      assert.equal(await run({ subtasks: ['T01'] }), 0);
      assert.deepEqual(engine.world.statuses(), ['T01 proven', 'T02 pending']);
    }));

  it('runs a failed subtask once more when it is named', () =>
    withEngine(simple, async ({ run, engine }) => {
      engine.world.checks.byCommand({ 'npm test': 'failed' });
      assert.equal(await run({ subtasks: ['T01'] }), 1);
      assert.equal(await run(), 1);
      assert.equal(engine.world.agent.begun.length, 1);
      engine.world.checks.byCommand({});
      assert.equal(await run({ subtasks: ['T01'] }), 0);
      assert.equal(engine.world.agent.begun.length, 2);
    }));

  it('is not satisfied with an optional subtask that was asked for and failed', () =>
    withEngine(`${simple}  - optional: yes\n`, async ({ run, engine }) => {
      engine.world.agent.script('T02', async () => {
        return { kind: 'failed', code: 'exit_code', message: 'no', exitCode: 1 };
      });
      assert.equal(await run(), 0);
      assert.equal(await run({ subtasks: ['T02'] }), 1);
    }));

  it('ends with 0 when what is not proven was skipped by a person', () =>
    withEngine(simple, async ({ run, engine }) => {
      await engine.world.decide('T01', 'skip', 'Not now.');
      assert.equal(await run(), 0);
    }));

  it('takes ticks as they are only when it is told to', () =>
    withEngine(simple.replace('[ ]', '[x]'), async ({ run, engine, io }) => {
      engine.world.checks.answer = async (_validator, { marker }) => {
        return checkResult(marker.startsWith('verify') ? 'failed' : 'passed', 'said so');
      };
      assert.equal(await run(), 1);
      assert.match(io.out, /✗ T01 needs attention/);
      await engine.world.edit(simple);
      await engine.world.decide('T01', 'reset', '');
      await engine.world.edit(simple.replace('[ ]', '[x]'));
      assert.equal(await run({ acceptClaims: true }), 0);
      assert.deepEqual(engine.world.statuses(), ['T01 accepted', 'T02 proven']);
    }));

  it('runs no command that was not approved, and says by which option it would', () =>
    withEngine(simple, async ({ run, engine }) => {
      await assert.rejects(run({ approveCommands: false }), (error) => {
        assert(RunsheetError.is(error, 'not_approved'));
        assert.match(error.message, /npm test\n.*--approve-commands/);
        return true;
      });
      assert.deepEqual(engine.world.agent.begun, []);
    }));

  it('ends with 3 at a gate when it is not to wait, and says how to answer', () =>
    withEngine(gated, async ({ run, io, engine }) => {
      assert.equal(await run({ wait: false }), 3);
      const key = engine.world.plan().gates[0]?.gate_key ?? '';
      assert(io.out.includes(`runsheet gate ${key} approve`), io.out);
      assert.deepEqual(engine.world.statuses(), ['T01 proven', 'T02 pending']);
    }));

  it('waits at a gate, and goes on when somebody decides', () =>
    withEngine(gated, async ({ run, engine, io }) => {
      // Somebody else's terminal.
      using client = await engine.connect();
      const ending = run();
      await until(() => io.out.includes('waits for you'), 'the wait');
      const key = engine.world.plan().gates[0]?.gate_key ?? '';
      assert.equal(
        await gateCommand({ client, io, json: false }, key, 'approve', { reason: '' }),
        0,
      );
      assert.equal(await ending, 0);
      assert.equal(io.out.match(/waits for you/g)?.length, 1);
    }));

  it('approves gates when it is told to', () =>
    withEngine(gated, async ({ run, engine, io }) => {
      const hold = engine.world.agent.hold('T02');
      const ending = run({ approveGates: true, wait: false });
      await engine.world.untilBegun('T02');
      assert.match(io.out, /gate approved: Look first/);
      hold.release();
      assert.equal(await ending, 0);
    }));

  it('ends with 3 for a question that is no gate, although it approves gates', () =>
    withEngine(gated, async ({ run, engine, io }) => {
      engine.world.agent.script('T01', async (_task, host, signal) => {
        const option = { id: 'yes', name: 'Allow', kind: 'allow_once' as const };
        const asked = question({ options: [option] });
        await host.onPermission(asked, signal);
        return { kind: 'cancelled' };
      });
      assert.equal(await run({ approveGates: true, wait: false }), 3);
      assert.match(io.out, /permission "May I\?": runsheet answer \S+ yes/);
    }));

  it('stops the runs when it is interrupted, and ends with 1', () =>
    withEngine(simple, async ({ run, engine }) => {
      engine.world.agent.hold('T01');
      const interrupted = new AbortController();
      const ending = run({}, interrupted.signal);
      await engine.world.untilBegun('T01');
      interrupted.abort();
      assert.equal(await ending, 1);
      assert.deepEqual(engine.world.statuses(), ['T01 pending', 'T02 pending']);
    }));

  it('stops them also when it is interrupted while it starts', () =>
    withEngine(simple.replace('[ ]', '[x]'), async ({ run, engine }) => {
      engine.world.agent.hold('T02');
      const interrupted = new AbortController();
      engine.world.checks.answer = async () => {
        interrupted.abort();
        return checkResult('passed');
      };
      assert.equal(await run({}, interrupted.signal), 1);
      await engine.world.settled(() => engine.world.subtask('T02').status === 'pending');
    }));

  it('says that it can be started again when the engine goes away', () =>
    withEngine(simple, async ({ run, engine, client }) => {
      engine.world.agent.hold('T01');
      const ending = run();
      await engine.world.untilBegun('T01');
      client.link.socket.destroy();
      await assert.rejects(ending, /The engine went away\. Start the command again/);
    }));

  it('tells each thing once as a JSON event a line', () =>
    withEngine(simple, async ({ run, io }) => {
      assert.equal(await run({ json: true }), 0);
      const events = io.lines.map((line) => event.parse(JSON.parse(line)));
      const ends = events.filter((one) => one.event === 'execution');
      assert.deepEqual(
        ends.map(({ state, message }) => [state, message]),
        [['completed', '2 proven of 2.']],
      );
      const proven = events.filter((one) => one['proof'] === 'proven');
      assert.deepEqual(
        proven.map((one) => one['subtask']),
        ['T01', 'T02'],
      );
    }));

  it('names the file and the line of what is wrong with the plan', () =>
    withEngine(simple.replace('depends: T01', 'depends: T77'), async ({ run, io }) => {
      assert.equal(await run(), 1);
      assert.match(io.out, /problem: demo\.plan\.md:5: /);
    }));

  it('reaches a plan by the path that was typed', () =>
    withEngine(simple, async ({ run, engine }) => {
      assert.equal(await run({ path: join(engine.world.workspace, planPath) }), 0);
      await assert.rejects(run({ path: '../else.plan.md' }), (error) =>
        RunsheetError.is(error, 'forbidden'),
      );
    }));
});

describe('asking the engine', () => {
  it('tells plans, runs and what waits', () =>
    withEngine(gated, async ({ run, asking, io, engine }) => {
      await run({ wait: false });
      io.out = '';
      assert.equal(await statusCommand(asking()), 0);
      assert.match(io.out, /demo\.plan\.md: .* 1\/2/);
      assert.match(io.out, /needs you: gate .* Look first/);
      io.out = '';
      await runsCommand(asking(), 5);
      assert.match(io.out, /T01 attempt 1 fake completed passed/);
      io.out = '';
      await eventsCommand(asking(), engine.world.run('T01').id);
      assert.match(io.lines.at(-1) ?? '', /completed/);
      await assert.rejects(eventsCommand(asking(), 'x'), (error) =>
        RunsheetError.is(error, 'not_found'),
      );
    }));

  it('decides a gate by its key, and says what it takes', () =>
    withEngine(gated, async ({ run, asking, io, engine }) => {
      await run({ wait: false });
      const key = engine.world.plan().gates[0]?.gate_key ?? '';
      assert.equal(await gateCommand(asking(), key, 'allow', { reason: '' }), 2);
      assert.match(io.err, /approve, reject, override, reopen/);
      await assert.rejects(gateCommand(asking(), 'nope', 'approve', { reason: '' }), (error) => {
        assert(RunsheetError.is(error, 'not_found'));
        assert.match(error.message, /Look first, open/);
        return true;
      });
      await assert.rejects(gateCommand(asking(), key, 'reject', { reason: '' }), /reason/);
      io.out = '';
      assert.equal(await gateCommand(asking(true), key, 'reject', { reason: 'No.' }), 0);
      const { gate } = z
        .object({ gate: z.object({ state: z.string() }) })
        .parse(JSON.parse(io.out));
      assert.equal(gate.state, 'rejected');
    }));

  it('decides no gate when several plans have one of that key', () =>
    withEngine(gated, async ({ engine, asking }) => {
      await engine.world.edit(gated, 'other.plan.md');
      const key = engine.world.plan().gates[0]?.gate_key ?? '';
      await assert.rejects(gateCommand(asking(), key, 'approve', { reason: '' }), (error) => {
        assert(RunsheetError.is(error, 'validation'));
        for (const path of [planPath, 'other.plan.md']) {
          const id = engine.world.plan(path).gates[0]?.id ?? '';
          assert(error.message.includes(`${id} (${path})`), error.message);
        }
        return true;
      });
    }));

  it('lists what agents ask, with the call and the answers, and answers it', () =>
    withEngine(simple, async ({ asking, io, engine }) => {
      const { world } = engine;
      world.agent.script('T01', async (_task, host, signal) => {
        const call = {
          ...{ name: 'Bash', kind: 'execute', title: 'Run the tests', locations: ['a.ts'] },
          input: { command: 'npm test -- --token=hunter2hunter2' },
        };
        const option = { id: 'yes', name: 'Allow', kind: 'allow_once' as const };
        const asked = question({ summary: 'Run the tests', options: [option], call });
        await host.onPermission(asked, signal);
        return completed;
      });
      const execution = await world.start({ subtasks: ['T01'] });
      await world.settled(() => world.room.state.permissions.length === 1);
      const id = world.room.state.permissions[0]?.id ?? '';
      assert.equal(await permissionsCommand(asking()), 0);
      const told = [
        `${id} Run the tests`,
        ...['  One', '  Bash (execute): a.ts', '  npm test -- --token=••••••'],
        ...['  answers: yes (Allow)', ''],
      ];
      assert.equal(io.out, told.join('\n'));
      assert.equal(await answerCommand(asking(), id, 'yes'), 0);
      await world.ended(execution);
      assert.equal(await permissionsCommand(asking()), 0);
      assert.match(io.out, /No agent asks anything\.\n$/);
    }));

  it('answers and stops', () =>
    withEngine(simple, async ({ run, asking, io, engine }) => {
      engine.world.agent.script('T01', async (_task, host, signal) => {
        const option = { id: 'yes', name: 'Allow', kind: 'allow_once' as const };
        const asked = question({ options: [option] });
        await host.onPermission(asked, signal);
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
        });
        return { kind: 'cancelled' };
      });
      const ending = run();
      await engine.world.settled(() => engine.world.room.state.permissions.length === 1);
      const id = engine.world.room.state.permissions[0]?.id ?? '';
      assert.equal(await answerCommand(asking(), id, 'yes'), 0);
      assert.equal(await stopCommand(asking(), null), 0);
      assert.match(io.out, /1 run stopped/);
      assert.equal(await ending, 1);
    }));

  it('shows the engine, and ends it', () =>
    withEngine(simple, async ({ asking, io, engine, client }) => {
      assert.equal(await engineStatusCommand(asking()), 0);
      assert.match(io.out, /liveRuns: 0/);
      const ending = engineStopCommand(asking(), false);
      await until(() => engine.ended);
      // The answer is out before that of a later question.
      await client.request(engineStatus, {});
      client.link.socket.destroy();
      assert.equal(await ending, 0);
    }));
});
