import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { z } from 'zod';
import {
  eventViewSchema,
  needViewSchema,
  runViewSchema,
  type EventView,
  type NeedView,
  type RunView,
} from '../../src/protocol/views';
import { processesMarked } from '../support/owned-process';
import { installRealAgent, prepareRealAgent } from '../support/real-agent';
import { once } from '../support/scripted-model';
import {
  inWorkspace,
  until,
  type CliEnd,
  type CliProcess,
  type Workspace,
} from '../support/workspace';

const planPath = 'work.plan.md';
const plan = `# Work

- [ ] T01 Say hello
  - files: hello.txt
  - check: grep -q "^hi$" hello.txt
`;

/** What a command prints with --json, which must succeed. */
async function ask(workspace: Workspace, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await workspace.cli('--json', ...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function question(workspace: Workspace): Promise<NeedView | undefined> {
  const status = z.object({ needs: z.array(needViewSchema) });
  const { needs } = status.parse(JSON.parse(await ask(workspace, 'status')));
  return needs.find(({ kind }) => kind === 'permission');
}

/** Waits for the question of a run and answers it, this once. */
async function allow(workspace: Workspace, run: CliProcess): Promise<void> {
  let end: CliEnd | null = null;
  void run.ended.then((ended) => (end = ended));
  const need = await until(
    'a question, or the end of the run',
    async () => (end === null ? question(workspace) : 'none'),
    60_000,
  );
  assert.ok(need !== 'none', `the agent did not ask: ${JSON.stringify(end)}`);
  const option = need.options.find(({ kind }) => kind === 'allow_once');
  await ask(workspace, 'answer', need.id, option?.id ?? 'nothing is offered');
}

async function storedRun(workspace: Workspace): Promise<RunView> {
  const answer = z.object({ runs: z.array(runViewSchema) });
  const { runs } = answer.parse(JSON.parse(await ask(workspace, 'runs')));
  assert.ok(runs.length === 1 && runs[0] !== undefined);
  return runs[0];
}

async function storedEvents(workspace: Workspace, runId: string): Promise<EventView[]> {
  const lines = (await ask(workspace, 'events', runId)).trimEnd().split('\n');
  return lines.map((line) => eventViewSchema.parse(JSON.parse(line)));
}

// Codex keeps its tools in a sandbox of its own and asks nobody about files of the worktree.
const agents = [
  { name: 'gemini', version: '0.61.0', asks: true },
  { name: 'claude', version: '0.100.0', asks: true },
  { name: 'codex', version: '2.6.0', asks: false },
  { name: 'claude-cli', version: '2.1.316', asks: true },
  { name: 'codex-cli', version: null, asks: false },
] as const;

for (const { name, version, asks } of agents) {
  describe(`the real ${name} through engine and terminal`, function () {
    this.timeout(120_000);

    before(async function () {
      this.timeout(600_000);
      await installRealAgent(name);
    });

    it('carries out a subtask: writes a file, is checked, merged and recorded', async () => {
      const script = once({ kind: 'write', path: 'hello.txt', content: 'hi\n' });
      const real = await prepareRealAgent(name, script);
      const { program, args } = real.definition;
      // Its own home; everything else comes from the variables that Runsheet knows it to need.
      const settings = {
        agent: name,
        agents: { [name]: { program, args, env: { HOME: real.home } } },
      };
      const { HOME: _home, PATH: _path, TMPDIR: _temporary, ...variables } = real.env;
      try {
        await inWorkspace(
          { [planPath]: plan, 'runsheet.yml': stringify(settings) },
          async (workspace) => {
            const run = workspace.startCli(['run', planPath, '--approve-commands'], variables);
            // The engine has the environment of whoever starts it.
            await until('a connected run', () => run.printed() !== '');
            if (asks) await allow(workspace, run);
            const { code, stdout, stderr } = await run.ended;
            assert.equal(code, 0, `${stdout}${stderr}${workspace.engineLog}`);
            assert.match(stdout, /✓ T01 proven/);
            await recorded(workspace, { name, version, asks });
          },
        );
        assert.deepEqual(real.model.strange, []);
        assert.match(real.model.requests[0]?.prompt ?? '', /T01: Say hello/);
      } finally {
        await real.close();
      }
    });
  });
}

async function recorded(
  workspace: Workspace,
  { name, version, asks }: { name: string; version: string | null; asks: boolean },
): Promise<void> {
  const run = await storedRun(workspace);
  assert.deepEqual([run.agentKey, run.agentVersion], [name, version]);
  assert.deepEqual([run.outcome, run.verdict], ['completed', 'passed']);
  // Two requests to the model, of 100 and 20 tokens each.
  assert.deepEqual([run.tokensIn, run.tokensOut], [200, 40]);
  assert.equal(run.costMicros === null, !name.startsWith('claude'));
  assert.equal(workspace.repository.git('show', `${run.mergeCommit}:hello.txt`), 'hi');
  assert.match(workspace.read(planPath), /- \[x\] T01/);
  assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', run.id), []);

  const events = await storedEvents(workspace, run.id);
  const types = new Set(events.map(({ type }) => type));
  const expected = [
    ...['started', 'message', 'tool_call', 'tool_result', 'turn_complete', 'commit_created'],
    ...['acceptance_check', 'merge_started', 'merged', 'completed'],
    ...(asks ? ['permission_requested', 'permission_answered'] : []),
  ];
  assert.deepEqual(
    expected.filter((type) => !types.has(type)),
    [],
  );
  const textOf = (wanted: string): string =>
    events.flatMap(({ type, text }) => (type === wanted ? [text] : [])).join('\n');
  assert.match(textOf('tool_call'), /hello\.txt/);
  assert.match(textOf('turn_complete'), /^completed: end turn · 200 tokens in, 40 out/);
}
