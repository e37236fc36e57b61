import assert from 'node:assert/strict';
import type { AgentEvent, AgentHost, PermissionQuestion } from '../../../src/agents/agent';
import { events } from '../../../src/store/repositories/events';
import { plan, withPlan } from '../../support/carried-out-plan';
import { completed, question } from '../../support/fake-agent';
import { valuesOf } from '../../support/plan-rows';
import { person, planPath, RunsWorld, fakeDefinition } from '../../support/runs-world';

const options: PermissionQuestion['options'] = [
  { id: 'always', name: 'Always', kind: 'allow_always' },
  { id: 'yes', name: 'Allow', kind: 'allow_once' },
  { id: 'no', name: 'Reject', kind: 'reject_once' },
];

/** A plan whose front matter has this policy. */
function planWith(policy: Readonly<Record<string, unknown>>): string {
  return plan({ T01: [] }, `---\npolicy: ${JSON.stringify(policy)}\n---\n`);
}

function edit(path: string): PermissionQuestion {
  const call = { name: 'Write', kind: 'edit', title: `Write ${path}`, input: null };
  return question({
    ...{ toolName: 'Write', summary: `Write ${path}`, toolCallId: 'c1', options },
    call: { ...call, locations: [path] },
  });
}

function called(path: string, status: string, toolCallId = 'c1'): AgentEvent {
  const rest = { name: 'Write', title: `Write ${path}`, toolKind: 'edit', input: null };
  return { type: 'tool_call', toolCallId, ...rest, status, locations: [path] };
}

/** The agent of T01 does this, and has then finished. */
function script(
  world: RunsWorld,
  work: (host: AgentHost, signal: AbortSignal) => Promise<string | null>,
): void {
  world.agent.script('T01', async (_task, host, signal) => {
    // What the policy says of the diff is a matter of its own.
    world.repository.branch.worktreeOf('T01').changed = [];
    const answer = await work(host, signal);
    if (signal.aborted) return { kind: 'cancelled' };
    return { ...completed, permissionDenials: answer === 'no' ? 1 : 0 };
  });
}

async function storyOf(world: RunsWorld, type: string): Promise<unknown[]> {
  const { id } = world.run('T01');
  const rows = await world.store.query(events.page, { runId: id, after: 0, limit: 200 });
  return rows.filter((row) => row.event_type === type).map((row) => row.payload);
}

describe('a run under a tool policy', () => {
  it('is denied what the policy forbids, without asking anybody, and is judged by its checks', () =>
    withPlan(planWith({ allowed_directories: ['docs'] }), async (world) => {
      let answer: string | null = null;
      script(
        world,
        async (host, signal) => (answer = await host.onPermission(edit('src/a'), signal)),
      );
      await world.carryOut();
      assert.equal(answer, 'no');
      assert.deepEqual(await storyOf(world, 'policy_violation'), [
        {
          rule: 'allowed_directories',
          tool: 'Write',
          detail: 'src/a is outside of what may be changed.',
          prevented: true,
        },
      ]);
      const asked = valuesOf(
        world.store,
        'SELECT state, answer, answered_by FROM permission_requests',
      );
      assert.deepEqual(asked, [{ state: 'answered', answer: 'no', answered_by: 'policy' }]);
      assert.equal(world.run('T01').verdict, 'passed');
    }));

  it('does not pass with what a person denied beside that', () =>
    withPlan(planWith({ allowed_directories: ['docs'] }), async (world) => {
      world.agent.script('T01', async (_task, host, signal) => {
        world.repository.branch.worktreeOf('T01').changed = [];
        await host.onPermission(edit('src/a'), signal);
        await host.onPermission(edit('docs/a'), signal);
        return { ...completed, permissionDenials: 2 };
      });
      const execution = await world.start();
      await world.settled(() => world.room.state.permissions.length === 1);
      await world.room.desk.answer(world.room.state.permissions[0]?.id ?? '', 'no', person);
      await world.ended(execution);
      assert.equal(world.run('T01').verdict, 'partial');
    }));

  it('has its questions answered by a policy that allows them', () =>
    withPlan(planWith({ on_request: 'allow' }), async (world) => {
      script(world, (host, signal) => host.onPermission(edit('src/a'), signal));
      await world.carryOut();
      const [told] = await storyOf(world, 'permission_answered');
      assert.ok(typeof told === 'object' && told !== null && 'by' in told && 'option' in told);
      assert.deepEqual([told.by, told.option], ['policy', 'yes']);
      assert.equal(world.subtask('T01').proof, 'proven');
    }));

  it('asks a person where the agent offers nothing for this once', () =>
    withPlan(planWith({ on_request: 'allow' }), async (world) => {
      const lasting = options.filter(({ kind }) => kind !== 'allow_once');
      script(world, (host, signal) =>
        host.onPermission({ ...edit('src/a'), options: lasting }, signal),
      );
      const execution = await world.start();
      await world.settled(() => world.room.state.permissions.length === 1);
      await world.room.desk.answer(world.room.state.permissions[0]?.id ?? '', 'always', person);
      await world.ended(execution);
    }));

  it('offers nothing for ever, because no policy would be asked again', () =>
    withPlan(planWith({ forbidden_tools: ['Bash'] }), async (world) => {
      script(world, (host, signal) => host.onPermission(edit('src/a'), signal));
      const execution = await world.start();
      await world.settled(() => world.room.state.permissions.length === 1);
      const [asked] = world.room.state.permissions;
      assert.ok(asked);
      assert.deepEqual(
        asked.options.map(({ id }) => id),
        ['yes', 'no'],
      );
      assert.deepEqual(asked.call, {
        ...{ tool: 'Write', kind: 'edit', locations: ['src/a'], input: null },
      });
      await world.room.desk.answer(asked.id, 'yes', person);
      await world.ended(execution);
      assert.equal(world.subtask('T01').proof, 'proven');
    }));

  it('ends when the agent does without a question what is forbidden', () =>
    withPlan(planWith({ read_only: true }), async (world) => {
      let seen = false;
      script(world, async (host, signal) => {
        await host.onEvent(called('src/a', 'in_progress'));
        seen = signal.aborted;
        return null;
      });
      await world.carryOut();
      assert.equal(seen, true);
      const { outcome, error_code: code, verdict } = world.run('T01');
      assert.deepEqual([outcome, code, verdict], ['failed', 'policy_violation', null]);
    }));

  it('goes on after a violation that the policy only reports, and counts it once', () =>
    withPlan(planWith({ forbidden_tools: ['Write'], on_violation: 'report' }), async (world) => {
      script(world, async (host) => {
        for (const status of ['in_progress', 'in_progress', 'completed'])
          await host.onEvent(called('src/a', status));
        return null;
      });
      await world.carryOut();
      assert.equal((await storyOf(world, 'policy_violation')).length, 1);
      assert.equal(world.run('T01').outcome, 'completed');
    }));

  it('is not ended for what was only announced, was asked about, or has failed', () =>
    withPlan(planWith({ read_only: true }), async (world) => {
      script(world, async (host, signal) => {
        await host.onEvent(called('src/a', 'pending'));
        const answer = await host.onPermission(edit('src/a'), signal);
        await host.onEvent(called('src/a', 'in_progress'));
        await host.onEvent(called('src/b', 'pending', 'c2'));
        const failed = { title: 'Write src/b', status: 'failed', output: null };
        await host.onEvent({ type: 'tool_result', toolCallId: 'c2', ...failed });
        assert.equal(signal.aborted, false);
        return answer;
      });
      await world.carryOut();
      assert.equal((await storyOf(world, 'policy_violation')).length, 1);
      assert.equal(world.run('T01').outcome, 'completed');
    }));

  it('tells the agent its hints', () =>
    withPlan(planWith({ tool_hints: { Bash: 'Use make, not npm.' } }), async (world) => {
      await world.carryOut();
      assert.match(world.agent.tasks[0]?.prompt ?? '', /Bash: Use make, not npm\./);
    }));

  const silent = { ...fakeDefinition, key: 'codex', displayName: 'Codex' };
  const agents = [silent, fakeDefinition].map((definition) => {
    return { definition, installed: true, version: '1' };
  });

  it('says that it is not enforced where the agent asks nobody', () =>
    RunsWorld.with(
      { [planPath]: planWith({ read_only: true, forbidden_tools: ['x'] }) },
      async (world) => {
        await world.carryOut({ agent: 'codex' });
        assert.deepEqual(await storyOf(world, 'policy_not_enforced'), [
          {
            agent: 'codex',
            rules: ['forbidden_tools', 'read_only'],
            detail:
              'Codex does not ask before it uses a tool. What it changed is checked afterwards.',
          },
        ]);
      },
      { agents },
    ));

  it('says nothing of the kind when it restricts nothing', () =>
    RunsWorld.with(
      { [planPath]: plan({ T01: [] }) },
      async (world) => {
        await world.carryOut({ agent: 'codex' });
        assert.deepEqual(await storyOf(world, 'policy_not_enforced'), []);
      },
      { agents },
    ));
});

describe('what a run uses', () => {
  it('is in its row while it goes', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const seen: unknown[] = [];
      script(world, async (host) => {
        await host.onEvent(called('src/a', 'in_progress'));
        const result = { title: 'Write', status: 'completed', output: null };
        await host.onEvent({ type: 'tool_result', toolCallId: 'c1', ...result });
        await host.onEvent({ type: 'message', role: 'assistant', text: 'Done.' });
        const usage = { tokensIn: 9, tokensOut: 4, costMicros: null };
        await host.onEvent({ type: 'usage', usage });
        const fields = 'turns_used, tokens_in, tokens_out, cost_micros';
        seen.push(...valuesOf(world.store, `SELECT ${fields} FROM runs`));
        return null;
      });
      await world.carryOut();
      const row = { turns_used: 2, tokens_in: 9, tokens_out: 4, cost_micros: null };
      assert.deepEqual(seen, [row]);
    }));
});

describe('a question and a pause', () => {
  async function asking(
    work: (world: RunsWorld, answer: (id: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await withPlan(plan({ T01: [] }), async (world) => {
      script(world, (host, signal) => host.onPermission(edit('src/a'), signal));
      const execution = await world.start();
      await world.settled(() => world.room.state.permissions.length === 1);
      assert.equal(world.run('T01').state, 'waiting');
      const id = world.room.state.permissions[0]?.id ?? '';
      await work(world, (option) => world.room.desk.answer(id, option, person));
      await world.ended(execution);
      assert.equal(world.subtask('T01').proof, 'proven');
    });
  }

  const whole = (world: RunsWorld) => {
    return { planId: world.plan().entry.planId, subtasks: null, phases: null };
  };

  it('wait both: a paused run that is answered stands still until it may go on', () =>
    asking(async (world, answer) => {
      await world.room.pauses.pause(whole(world), '', person);
      await world.settled(() => world.run('T01').state === 'paused');
      await answer('yes');
      await world.room.state.settled();
      assert.equal(world.run('T01').state, 'paused');
      await world.room.pauses.resume(whole(world), '', person);
    }));

  it('do not lose each other: a run that goes on waits for the answer again', () =>
    asking(async (world, answer) => {
      await world.room.pauses.pause(whole(world), '', person);
      await world.settled(() => world.run('T01').state === 'paused');
      await world.room.pauses.resume(whole(world), '', person);
      await world.settled(() => world.run('T01').state === 'waiting');
      await answer('yes');
    }));
});
