import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { answerPermission, listAgents, listEvents, listRuns } from '../../src/protocol/messages';
import type { AgentView, RunView, SubtaskView } from '../../src/protocol/views';
import { endProcess, processesMarked } from '../support/owned-process';
import {
  installRealAgent,
  letAMinutePass,
  prepareRealAgent,
  type RealAgent,
  type RealAgentName,
} from '../support/real-agent';
import { inTurn, once, type ModelScript } from '../support/scripted-model';
import type { ModelAction } from '../support/scripted-model-dialects';
import { inWorkspace, until, type Connected, type Workspace } from '../support/workspace';

const planPath = 'work.plan.md';
const patienceMs = 100_000;
// The shell that the tool runs in ignores every polite signal.
const neverEnds = `sh -c "trap '' TERM HUP INT; echo started > started.txt; sleep 600"`;
const hang = { kind: 'shell', command: neverEnds } as const;
const writeHello = { kind: 'write', path: 'hello.txt', content: 'hi\n' } as const;

const endSchema = z.object({ trouble: z.string().nullable(), countsAsAttempt: z.boolean() });
const startSchema = z.object({ session: z.string() });

interface Setting {
  script: ModelScript;
  /** Fields of the subtask. */
  fields?: readonly string[];
  limits?: Record<string, number>;
  /** Beside those that the agent needs to find the model. */
  env?: Record<string, string>;
  /** Whether a person is asked what the agent asks; else it is allowed. */
  asks?: boolean;
}

/** A real agent in a workspace whose one subtask it carries out, with a client of its engine. */
class Bench {
  private constructor(
    readonly name: RealAgentName,
    readonly real: RealAgent,
    readonly workspace: Workspace,
    public connected: Connected,
  ) {}

  static async with(
    name: RealAgentName,
    { script, fields = [], limits = {}, env = {}, asks = false }: Setting,
    work: (bench: Bench) => Promise<void>,
  ): Promise<void> {
    const real = await prepareRealAgent(name, script);
    const { program, args } = real.definition;
    const { PATH: _path, TMPDIR: _temporary, ...variables } = real.env;
    const settings = {
      agent: name,
      agents: { [name]: { program, args, env: { ...variables, ...env } } },
      policy: { on_request: asks ? 'ask' : 'allow' },
      limits,
    };
    const plan = [
      '# Work\n',
      '- [ ] T01 Say hello',
      ...[...fields, 'check: grep -q "^hi$" hello.txt'].map((field) => `  - ${field}`),
      '',
    ];
    const files = { [planPath]: plan.join('\n'), 'runsheet.yml': stringify(settings) };
    try {
      await inWorkspace(files, async (workspace) => {
        const bench = new Bench(name, real, workspace, await workspace.connect());
        try {
          await work(bench);
        } finally {
          bench.connected[Symbol.dispose]();
        }
      });
      assert.deepEqual(real.model.strange, []);
    } finally {
      await real.close();
    }
  }

  start(): Promise<string> {
    return this.workspace.start(this.connected.client, planPath);
  }

  /** What the tool prints, which must succeed. */
  async cli(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.workspace.cli(...args);
    assert.equal(code, 0, `${stdout}${stderr}`);
    return stdout;
  }

  get subtask(): SubtaskView {
    const found = [...this.connected.mirror.subtasks.values()].find(({ key }) => key === 'T01');
    assert.ok(found !== undefined);
    return found;
  }

  /** Waits until the subtask stands so, with so many attempts that count. */
  async becomes(status: SubtaskView['status'], attempts: number): Promise<void> {
    const isSo = (): boolean =>
      this.subtask.status === status && this.subtask.attempts === attempts;
    await until(`${status} after ${attempts} attempts`, isSo).catch((error: unknown) => {
      throw new Error(`the subtask is ${JSON.stringify(this.subtask)}`, { cause: error });
    });
  }

  /** Answers a question of the agent, another one than `before`; gives its id. */
  async answer(kind: 'allow_once' | 'reject_once', before?: string): Promise<string> {
    const { client, mirror } = this.connected;
    const ended = (): boolean => [...mirror.runs.values()].some(({ state }) => state === 'ended');
    const need = await until(
      'a question, or the end of the run',
      () =>
        [...mirror.needs.values()].find((one) => one.kind === 'permission' && one.id !== before) ??
        (ended() && 'none'),
      patienceMs,
    );
    assert.ok(need !== 'none', 'the agent did not ask');
    const option = need.options.find((one) => one.kind === kind);
    assert.ok(option !== undefined, JSON.stringify(need));
    await client.request(answerPermission, { requestId: need.id, optionId: option.id });
    return need.id;
  }

  /** Waits for the end of the n-th run, of which nothing is alive then. */
  async ended(number = 1): Promise<RunView> {
    const { client, mirror } = this.connected;
    const isOver = (): boolean => {
      const ended = [...mirror.runs.values()].filter(({ state }) => state === 'ended');
      return ended.length >= number;
    };
    await until(`the end of run ${number}`, isOver, patienceMs);
    const { runs } = await client.request(listRuns, { limit: 10 });
    const run = runs.toReversed()[number - 1];
    assert.ok(run !== undefined);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', run.id), []);
    return run;
  }

  /** What the run's last event says. */
  async end(run: RunView): Promise<{ trouble: string | null; countsAsAttempt: boolean }> {
    return endSchema.parse(await this.payload(run, run.outcome ?? ''));
  }

  /** The conversation that the agent had. */
  async session(run: RunView): Promise<string> {
    return startSchema.parse(await this.payload(run, 'started')).session;
  }

  async agent(): Promise<AgentView> {
    const { agents } = await this.connected.client.request(listAgents, { refresh: false });
    const found = agents.find(({ key }) => key === this.name);
    assert.ok(found !== undefined);
    return found;
  }

  /** Waits until the tool is in the middle of its work. */
  async inTool(): Promise<void> {
    const { mirror } = this.connected;
    const look = (): boolean => {
      const [run] = mirror.runs.values();
      assert.notEqual(run?.state, 'ended', JSON.stringify(run));
      return existsSync(join(run?.worktree ?? '/nowhere', 'started.txt'));
    };
    await until('the tool has started', look, patienceMs);
  }

  /** Kills the engine, which can tell nobody, and connects to the next one. */
  async killEngine(): Promise<void> {
    const { client } = this.connected;
    endProcess(client.link.welcome.pid);
    await client.closed;
    this.connected[Symbol.dispose]();
    this.connected = await this.workspace.connect();
  }

  /** The agent takes no work, with a reason and a time; client and terminal say so. */
  async isPaused(): Promise<void> {
    const { state, reason, failures, retryAt } = await this.agent();
    assert.deepEqual([state, failures], ['paused', 1]);
    assert.match(reason ?? '', /said nothing for 8 s/);
    assert.ok(Date.parse(retryAt ?? '') > Date.now());
    assert.deepEqual(this.subtask.waitsFor, { kind: 'agent', until: retryAt });
    const lines = (await this.cli('agents')).split('\n');
    const line = lines.find((one) => one.startsWith(`${this.name} `)) ?? '';
    assert.match(line, /paused: .* said nothing for 8 s.* \(tried again in \d+(s|m)/);
  }

  /** Nothing was merged, and the subtask waits for a person. */
  async isLeftToAPerson(run: RunView, attempts: number): Promise<void> {
    await this.becomes('needs_attention', attempts);
    assert.equal(this.subtask.proof, null);
    assert.equal(run.mergeCommit, null);
    const [plan] = this.connected.mirror.plans.values();
    const head = this.workspace.repository.git('rev-parse', plan?.workBranch ?? '');
    assert.equal(head, run.baseCommit);
  }

  /** At the first attempt that counts. */
  async isProven(): Promise<void> {
    await this.becomes('done', 1);
    assert.equal(this.subtask.proof, 'proven');
  }

  private async payload({ id }: RunView, type: string): Promise<unknown> {
    const page = { runId: id, after: 0, limit: 1000 };
    const { events } = await this.connected.client.request(listEvents, page);
    return events.findLast((event) => event.type === type)?.payload;
  }
}

const write = (path: string, line: string): ModelAction => {
  return { kind: 'write', path, content: `${line}\n` };
};

/** In the mode in which it may only read, Codex asks before it applies a patch. */
const patch = (path: string, line: string): ModelAction => {
  const text = ['*** Begin Patch', `*** Add File: ${path}`, `+${line}`, '*** End Patch'].join('\n');
  return { kind: 'shell', command: `apply_patch <<'EOF'\n${text}\nEOF\n` };
};

const agents = [
  { name: 'gemini', asking: {}, edit: write },
  { name: 'claude', asking: {}, edit: write },
  { name: 'codex', asking: { INITIAL_AGENT_MODE: 'read-only' }, edit: patch },
] as const;

for (const { name, asking, edit } of agents) {
  describe(`the real ${name} in trouble`, function () {
    this.timeout(120_000);

    before(async function () {
      this.timeout(600_000);
      await installRealAgent(name);
    });

    it('does not pass with an edit that a person denied, whatever its checks say', async () => {
      const script = inTurn(edit('hello.txt', 'hi'), edit('other.txt', 'no'));
      await Bench.with(name, { script, env: asking, asks: true }, async (bench) => {
        await bench.start();
        const first = await bench.answer('allow_once');
        await bench.answer('reject_once', first);
        const run = await bench.ended();
        assert.deepEqual([run.outcome, run.verdict], ['completed', 'partial']);
        assert.match(run.error ?? '', /^The agent was denied what it asked for/);
        await bench.isLeftToAPerson(run, 1);
        assert.equal(existsSync(join(run.worktree ?? '', 'hello.txt')), true);
        assert.equal(existsSync(join(run.worktree ?? '', 'other.txt')), false);
      });
    });

    it('leaves no process behind when it is stopped in the middle of a tool', async () => {
      await Bench.with(name, { script: once(hang) }, async (bench) => {
        await bench.start();
        await bench.inTool();
        assert.match(await bench.cli('stop'), /^1 run stopped/);
        const run = await bench.ended();
        assert.deepEqual([run.outcome, run.verdict], ['cancelled', null]);
        await bench.becomes('pending', 0);
      });
    });

    it('is paused while its endpoint is down, and goes on when a person says so', async () => {
      // All of them try again for minutes and say nothing of work meanwhile.
      const limits = { silence_seconds: 8 };
      await Bench.with(name, { script: once(writeHello), limits }, async (bench) => {
        const { model } = bench.real;
        await model.close();
        await bench.start();
        const run = await bench.ended();
        assert.deepEqual([run.outcome, run.verdict], ['failed', null]);
        const { trouble, countsAsAttempt } = await bench.end(run);
        assert.deepEqual([trouble, countsAsAttempt], ['network', false]);
        await bench.becomes('pending', 0);
        await bench.isPaused();

        await model.reopen();
        await bench.cli('agents', 'resume', name);
        const again = await bench.ended(2);
        assert.deepEqual([again.outcome, again.verdict], ['completed', 'passed']);
        await bench.isProven();
        const { state, failures, retryAt } = await bench.agent();
        assert.deepEqual([state, failures, retryAt], ['ok', 0, null]);
      });
    });

    it('is found interrupted after a kill of the engine, and resumed where it was', async () => {
      await Bench.with(name, { script: once(hang) }, async (bench) => {
        await bench.start();
        await bench.inTool();
        await bench.killEngine();
        const run = await bench.ended();
        assert.deepEqual([run.outcome, run.verdict], ['interrupted', null]);
        await bench.isLeftToAPerson(run, 0);
        assert.equal(bench.subtask.canResume, true);

        if (name === 'gemini') await letAMinutePass(bench.real.home);
        bench.real.model.script = once(writeHello);
        await bench.cli('continue', planPath, '--subtask', 'T01');
        const again = await bench.ended(2);
        assert.deepEqual([again.outcome, again.verdict], ['completed', 'passed']);
        await bench.isProven();
        assert.equal(again.worktree, run.worktree);
        assert.equal(await bench.session(again), await bench.session(run));
        const said = bench.real.model.requests.at(-1)?.said.join('\n') ?? '';
        assert.match(said, /T01: Say hello[^]*You were interrupted/);
      });
    });

    it('is ended by a budget, with a partial verdict at most', async () => {
      const script = inTurn(writeHello, hang);
      await Bench.with(name, { script, fields: ['turns: 1'] }, async (bench) => {
        await bench.start();
        const run = await bench.ended();
        assert.deepEqual([run.outcome, run.verdict, run.turns], ['over_budget', 'partial', 2]);
        assert.match(run.stopReason ?? '', /used up: 1 of 1 turns/);
        await bench.isLeftToAPerson(run, 1);
        const needs = [...bench.connected.mirror.needs.values()].map(({ kind }) => kind);
        assert.ok(needs.includes('escalation'), needs.join());
      });
    });
  });
}
