import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentDefinition } from '../../src/agents/agent';
import { createAgent } from '../../src/agents/agents';
import { childEnvironment } from '../../src/agents/environment';
import type { CheckResult } from '../../src/checks/check';
import { silentLog } from '../../src/platform/log';
import { SystemClock } from '../../src/platform/clock';
import { NodeFiles } from '../../src/platform/files';
import { Reviewer } from '../../src/runs/reviewer';
import { SettingsReader } from '../../src/runs/settings-reader';
import { wholeTree, type PlanBranch, type RunWorktree } from '../../src/workspaces/workspace';
import { checkContext, validator, validatorRunner } from '../support/check-context';
import { fakeAcpAgent } from '../support/fake-acp-agent';
import { TestRepository } from '../support/git-repository';
import { InMemoryStore } from '../support/in-memory-store';
import { processesMarked } from '../support/owned-process';
import { systemEffects } from '../support/recording-host';

/** A program of the workspace's own that reviews as its script says. */
function program(script: string): AgentDefinition {
  return {
    ...{ key: 'own', displayName: 'Own', transport: 'command', isOfWorkspace: true, env: {} },
    ...{ program: process.execPath, args: ['-e', script] },
  };
}
const says = (holds: boolean) =>
  `console.log(${JSON.stringify(JSON.stringify({ criteria: [{ number: 1, holds, reason: 'So.' }] }))})`;

describe('a review by a real program', () => {
  let repository: TestRepository;
  let branch: PlanBranch;
  let worktree: RunWorktree;
  let store: InMemoryStore;
  let problem: string | null;
  let troubles: string[];

  beforeEach(async () => {
    [problem, troubles] = [null, []];
    repository = new TestRepository();
    const base = repository.commit({ 'a.txt': 'a\n' });
    branch = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
    worktree = await branch.openRunWorktree({ name: 'T01' });
    repository.write('a.txt', 'b\n', worktree.path);
    await worktree.commitAll('work', []);
    store = await InMemoryStore.open();
  });
  afterEach(async () => {
    await store.close();
    repository.dispose();
  });

  async function review(
    definition: AgentDefinition,
    config: Record<string, unknown> = {},
    approved = true,
  ): Promise<CheckResult> {
    const marker = crypto.randomUUID();
    const scratch = join(repository.folder, 'scratch');
    await mkdir(scratch, { recursive: true });
    const known = { definition, installed: true, version: null };
    const reviewer = new Reviewer(
      {
        agentFor: (one) => createAgent(one, systemEffects()),
        isAgentApproved: () => approved,
        scratchDirectory: () => Promise.resolve(scratch),
        clock: new SystemClock(),
        health: {
          problemOf: () => problem,
          troubled: async (key, { kind }, reason) =>
            void troubles.push(`${key} ${kind}: ${reason}`),
        },
      },
      store,
      {
        list: () => Promise.resolve([known]),
        find: (key) => Promise.resolve(key === definition.key ? known : null),
      },
      () => new SettingsReader(repository.root, new NodeFiles(), silentLog).read(),
    );
    const context = checkContext(worktree.path, {
      marker,
      env: childEnvironment(process.env, marker),
      diff: () => worktree.diff(),
      snapshot: (directory) => branch.snapshot(directory),
      reviewer: definition.key,
    });
    const judges = {
      review: reviewer.review.bind(reviewer),
      confirmation: () => Promise.resolve(null),
    };
    const checked = validator('agent_review', { criteria: ['It says b.'], ...config });
    const result = await validatorRunner().run(checked, context, judges);
    assert.deepEqual(processesMarked('RUNSHEET_RUN_ID', marker), []);
    return result;
  }

  it('is what it prints', async () => {
    assert.equal((await review(program(says(true)))).outcome, 'passed');
    const failed = await review(program(says(false)));
    assert.equal(failed.outcome, 'failed');
    assert.match(failed.message, /It says b\. \(So\.\)/);
  });

  it('gets the criteria and the change on its input', async () => {
    const script = `
      const prompt = require('fs').readFileSync(0, 'utf8');
      const holds = prompt.includes('1. It says b.') && prompt.includes('+b');
      console.log(JSON.stringify({ criteria: [{ number: 1, holds, reason: 'Read.' }] }));`;
    assert.equal((await review(program(script))).outcome, 'passed');
  });

  it('is void when it changed, added or deleted a file', async () => {
    const acts = [
      `require('fs').writeFileSync('a.txt', 'c')`,
      `require('fs').writeFileSync('new.txt', 'n')`,
      `require('fs').unlinkSync('a.txt')`,
    ];
    for (const act of acts) {
      const result = await review(program(`${act}; ${says(true)}`));
      assert.equal(result.outcome, 'error', act);
      assert.match(result.message, /changed files/);
    }
  });

  it('is an error when it says nothing of use, breaks, or takes too long', async () => {
    assert.equal((await review(program('console.log("Fine!")'))).outcome, 'error');
    assert.equal((await review(program('process.exit(3)'))).outcome, 'error');
    const slow = program('setInterval(() => {}, 1000)');
    const result = await review(slow, { timeout_seconds: 1 });
    assert.equal(result.outcome, 'error');
    assert.match(result.message, /in time/);
  });

  it('is denied every permission', async () => {
    const result = await review(fakeAcpAgent({ FAKE_AGENT_BEHAVIOUR: 'ok' }));
    assert.equal(result.outcome, 'error');
    assert.match(result.output, /\[denied\] Write hello\.txt/);
    assert.equal(existsSync(join(worktree.path, 'hello.txt')), false);
  });

  it('pauses an agent whose provider is in trouble, and asks none that is paused', async () => {
    const limited = fakeAcpAgent({ FAKE_AGENT_BEHAVIOUR: 'limit' });
    const result = await review(limited);
    assert.equal(result.outcome, 'error');
    assert.equal(troubles.length, 1, troubles.join());
    assert.match(troubles[0] ?? '', /rate_limit: /);
    problem = 'It is paused.';
    const paused = await review(limited);
    assert.equal(paused.outcome, 'error');
    assert.match(paused.message, /cannot review now: It is paused\./);
    assert.equal(troubles.length, 1);
    problem = null;
    await review(program('console.log("Fine!")'));
    assert.equal(troubles.length, 1);
  });

  it('is not begun before a person has approved the program', async () => {
    const script = `require('fs').writeFileSync('new.txt', 'n')`;
    const result = await review(program(script), {}, false);
    assert.equal(result.outcome, 'skipped');
    assert.equal(existsSync(join(worktree.path, 'new.txt')), false);
  });

  it('names what it cannot find', async () => {
    const agent = await review(program(says(true)), { agent: 'nobody' });
    assert.match(agent.message, /There is no agent "nobody"/);
    const spec = await review(program(says(true)), { spec: 'careful' });
    assert.match(spec.message, /no agent spec named "careful"/);
    assert.deepEqual([agent.outcome, spec.outcome], ['error', 'error']);
  });
});
