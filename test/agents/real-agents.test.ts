import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAgent } from '../../src/agents/agents';
import type { AgentOutcome, AgentTask, PermissionOption } from '../../src/agents/agent';
import { appears } from '../support/agent-capabilities';
import { processesMarked } from '../support/owned-process';
import {
  installRealAgent,
  letAMinutePass,
  prepareRealAgent,
  type RealAgentName,
} from '../support/real-agent';
import { agentTask, RecordingHost, systemEffects } from '../support/recording-host';
import { once, type ModelScript } from '../support/scripted-model';
import { withTemporaryFolder } from '../support/temporary-folder';

interface Result {
  outcome: AgentOutcome;
  host: RecordingHost;
  file: string | null;
}

const writeHello = once({ kind: 'write', path: 'hello.txt', content: 'hi\n' });
// The shell that the tool runs in ignores every polite signal.
const neverEnds = `sh -c "trap '' TERM HUP INT; echo started > started.txt; tail -f /dev/null"`;

function answerWith(kind: PermissionOption['kind']): RecordingHost {
  return new RecordingHost(
    ({ options }) => options.find((option) => option.kind === kind)?.id ?? null,
  );
}

async function withAgent(
  name: RealAgentName,
  script: ModelScript,
  work: (
    run: (
      host: RecordingHost,
      changes?: Partial<AgentTask>,
      signal?: AbortSignal,
    ) => Promise<Result>,
    folder: string,
    home: string,
  ) => Promise<void>,
): Promise<void> {
  const real = await prepareRealAgent(name, script);
  const agent = createAgent(real.definition, systemEffects(real.env));
  try {
    await withTemporaryFolder(async (folder) => {
      await work(
        async (host, changes = {}, signal = new AbortController().signal) => {
          const task = agentTask(folder, { prompt: 'Create hello.txt', ...changes });
          const outcome = await agent.run(task, host, signal);
          assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', task.runId), []);
          const file = await readFile(join(folder, 'hello.txt'), 'utf8').catch(() => null);
          return { outcome, host, file };
        },
        folder,
        real.home,
      );
    });
    assert.deepEqual(real.model.strange, []);
  } finally {
    await real.close();
  }
}

// Codex keeps its tools in a sandbox of its own and asks nobody about files of the worktree.
const agents = [
  { name: 'gemini', version: '0.61.0', asks: true },
  { name: 'codex', version: '2.6.0', asks: false },
  { name: 'claude', version: '0.100.0', asks: true },
  { name: 'claude-cli', version: '2.1.316', asks: true },
  // It does not say which it is.
  { name: 'codex-cli', version: null, asks: false },
] as const;

for (const { name, version, asks } of agents) {
  describe(`the real ${name}`, function () {
    this.timeout(60_000);

    before(async function () {
      this.timeout(600_000);
      await installRealAgent(name);
    });

    it('writes a file, with permission where it asks for it, and tells what it used', async () => {
      await withAgent(name, writeHello, async (run) => {
        const { outcome, host, file } = await run(answerWith('allow_once'));
        assert.deepEqual(outcome, {
          kind: 'completed',
          stopReason: 'end_turn',
          permissionDenials: 0,
        });
        assert.equal(file, 'hi\n');
        assert.equal(host.questions.length, asks ? 1 : 0);
        assert.equal(host.ready?.version, version);
        assert.ok(host.of('tool_call').length > 0);
        assert.equal(host.of('tool_result')[0]?.status, 'completed');
        assert.match(host.said(), /All done\./);
        const usage = host.of('usage').at(-1)?.usage;
        // Two requests, of 100 and 20 tokens each.
        assert.deepEqual([usage?.tokensIn, usage?.tokensOut], [200, 40]);
        assert.equal(usage?.costMicros === null, !name.startsWith('claude'));
      });
    });

    if (asks) {
      it('writes nothing when the permission is rejected', async () => {
        await withAgent(name, writeHello, async (run) => {
          const { outcome, file } = await run(answerWith('reject_once'));
          assert.deepEqual(outcome, {
            kind: 'completed',
            stopReason: 'end_turn',
            permissionDenials: 1,
          });
          assert.equal(file, null);
        });
      });
    }

    it('leaves no process behind when it is stopped in the middle of a tool', async () => {
      await withAgent(name, once({ kind: 'shell', command: neverEnds }), async (run, folder) => {
        const controller = new AbortController();
        const started = appears(folder, 'started.txt');
        const running = run(answerWith('allow_once'), {}, controller.signal);
        await Promise.race([started, running]);
        controller.abort();
        assert.deepEqual((await running).outcome, { kind: 'cancelled' });
      });
    });

    it('continues its conversation in another process', async () => {
      await withAgent(name, writeHello, async (run, _folder, home) => {
        const first = await run(answerWith('allow_once'));
        const session = first.host.ready?.session ?? null;
        assert.notEqual(session, null);
        if (name === 'gemini') await letAMinutePass(home);
        const followUp = 'And now?';
        const again = await run(answerWith('allow_once'), { session, followUp });
        assert.equal(again.outcome.kind, 'completed');
        assert.equal(again.host.ready?.session, session);
        assert.doesNotMatch(again.host.said(), /All done\.[^]*All done\./);
      });
    });
  });
}
