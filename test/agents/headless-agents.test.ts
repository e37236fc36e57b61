import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAgent } from '../../src/agents/agents';
import type { AgentOutcome, AgentTask } from '../../src/agents/agent';
import { processesMarked } from '../support/owned-process';
import { installRealAgent, prepareRealAgent, type RealAgent } from '../support/real-agent';
import { agentTask, RecordingHost, systemEffects } from '../support/recording-host';
import { once, type ModelScript } from '../support/scripted-model';
import { withTemporaryFolder } from '../support/temporary-folder';

const writeHello = once({ kind: 'write', path: 'hello.txt', content: 'hi\n' });
const stillHere: ModelScript = () => ({ kind: 'say', text: 'Still here.' });

type Run = (
  changes?: Partial<AgentTask>,
) => Promise<{ outcome: AgentOutcome; host: RecordingHost }>;

for (const name of ['claude-cli', 'codex-cli'] as const) {
  describe(`the real ${name}, which speaks no protocol of ours`, function () {
    this.timeout(60_000);

    before(async function () {
      this.timeout(600_000);
      await installRealAgent(name);
    });

    const withAgent = async (
      script: ModelScript,
      work: (run: Run, real: RealAgent, folder: string) => Promise<void>,
    ): Promise<void> => {
      const real = await prepareRealAgent(name, script);
      const agent = createAgent(real.definition, systemEffects(real.env));
      const allow = (): RecordingHost =>
        new RecordingHost(
          ({ options }) => options.find(({ kind }) => kind === 'allow_once')?.id ?? null,
        );
      try {
        await withTemporaryFolder(async (folder) => {
          const run: Run = async (changes = {}) => {
            const host = allow();
            const task = agentTask(folder, { prompt: 'Create hello.txt', ...changes });
            const outcome = await agent.run(task, host, new AbortController().signal);
            assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', task.runId), []);
            return { outcome, host };
          };
          await work(run, real, folder);
        });
      } finally {
        await real.close();
      }
    };

    const troubles = [
      { status: 401, message: 'Invalid API key', code: 'authentication' },
      { status: 429, message: 'Too many requests', code: 'rate_limit' },
      { status: 529, message: 'Overloaded', code: 'overloaded' },
    ] as const;
    for (const { status, message, code } of troubles) {
      it(`tells a provider that answers ${status} from work that failed`, async () => {
        await withAgent(
          () => ({ kind: 'fail', status, message }),
          async (run) => {
            // Left to itself it would ask again for minutes.
            const limits = { ...agentTask('').limits, silenceMs: 4_000 };
            const { outcome } = await run({ limits });
            assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
            assert.equal(outcome.code, code);
          },
        );
      });
    }

    it('does not wait for ever for a provider that is out of reach', async () => {
      await withAgent(writeHello, async (run, real) => {
        await real.model.close();
        const limits = { ...agentTask('').limits, silenceMs: 3_000 };
        const { outcome } = await run({ limits });
        assert.ok(outcome.kind === 'failed', JSON.stringify(outcome));
        assert.equal(outcome.code, 'network');
      });
    });

    it('begins anew, with the whole prompt, when the conversation is gone', async () => {
      await withAgent(writeHello, async (run, real, folder) => {
        const session = '99999999-1111-4111-8111-111111111111';
        const { outcome, host } = await run({ session, followUp: 'And now?' });
        assert.equal(outcome.kind, 'completed');
        assert.notEqual(host.ready?.session, session);
        assert.match(real.model.requests[0]?.prompt ?? '', /Create hello\.txt/);
        assert.equal(await readFile(join(folder, 'hello.txt'), 'utf8'), 'hi\n');
        const notices = host.of('notice').map(({ text }) => text);
        assert.ok(notices.some((text) => text.startsWith('The earlier conversation could not')));
      });
    });

    it('goes on with a conversation, and counts what is used anew', async () => {
      await withAgent(writeHello, async (run, real) => {
        const first = await run();
        const before = first.host.of('usage').at(-1)?.usage;
        assert.equal(before?.tokensIn, 200);
        real.model.script = stillHere;
        const session = first.host.ready?.session ?? null;
        const { host } = await run({ session, followUp: 'And now?', sessionUsage: before });
        assert.equal(host.ready?.session, session);
        const said = real.model.requests.at(-1)?.said ?? [];
        assert.match(said.join('\n'), /Create hello\.txt[^]*And now\?/);
        const usage = host.of('usage').at(-1)?.usage;
        assert.deepEqual([usage?.tokensIn, usage?.tokensOut], [100, 20]);
        const half = before.costMicros === null ? null : before.costMicros / 2;
        assert.equal(usage?.costMicros, half);
      });
    });

    it('shows neither prompt nor token in the list of processes', async () => {
      await withAgent(writeHello, async (run) => {
        const spawned: string[] = [];
        const host = run({
          mcpServers: [{ name: 'notes', url: 'http://127.0.0.1:9/', token: 'secret-of-the-run' }],
          runId: 'b6a4d1f0-0000-4000-8000-000000000001',
        });
        const look = setInterval(() => {
          const marked = processesMarked('RUNSHEET_RUN_ID', 'b6a4d1f0-0000-4000-8000-000000000001');
          spawned.push(...marked.map(({ command }) => command));
        }, 50);
        await host.finally(() => clearInterval(look));
        assert.ok(spawned.some((command) => /claude|codex/.test(command)));
        assert.doesNotMatch(spawned.join('\n'), /Create hello|secret-of-the-run/);
      });
    });
  });
}
