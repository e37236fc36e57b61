import assert from 'node:assert/strict';
import { autoClaudeFormat } from '../../../src/formats/auto-claude/format';
import { discoverPlans } from '../../../src/formats/discovery';
import { matchesGlob } from '../../../src/formats/globs';
import { homesOf } from '../../../src/formats/registry';
import type { PlanReading } from '../../../src/model/plan';

const folder = '.auto-claude/specs/001-search';
const path = `${folder}/implementation_plan.json`;
const copy = `.auto-claude/worktrees/tasks/001-search/${path}`;

function plan(statuses: readonly string[], rest: object = {}): string {
  const subtasks = statuses.map((status, index) => ({ id: `s${index}`, title: 't', status }));
  return JSON.stringify({ phases: [{ id: 'p', subtasks }], ...rest });
}

function read(text: string, beside: Readonly<Record<string, unknown>>): PlanReading {
  const others = Object.entries(beside).map(([name, value]) => {
    const own = { path: name, text: typeof value === 'string' ? value : JSON.stringify(value) };
    assert.ok(matchesGlob(name, autoClaudeFormat.parts(path)), name);
    return [name, own] as const;
  });
  return autoClaudeFormat.read({ path, text, others: new Map(others) });
}

describe('the files beside an auto-claude plan', () => {
  it('tell what the plan is for, and what its tool counted', () => {
    const { plans, problems } = read(
      plan(['pending'], { workflow_type: 'feature', status: 'backlog' }),
      {
        [`${folder}/requirements.json`]: {
          task_description: 'Find articles',
          constraints: ['fast'],
        },
        [`${folder}/spec.md`]: '# Search\n\n## Overview\n\nNot needed.\n',
        [`${folder}/task_metadata.json`]: { category: 'feature', priority: 'high', other: 1 },
        [`${folder}/review_state.json`]: { approved: true },
        [`${folder}/memory/attempt_history.json`]: {
          subtasks: { s0: { attempts: [{}, {}] } },
          stuck_subtasks: [{ subtask_id: 's0' }],
        },
        [`${folder}/memory/build_commits.json`]: { commits: [{ hash: 'abc', subtask_id: 's0' }] },
      },
    );
    assert.equal(plans[0]?.description, 'task description: Find articles\nconstraints:\n- fast');
    assert.deepEqual(plans[0].facts, {
      workflow_type: 'feature',
      status: 'backlog',
      task: { category: 'feature', priority: 'high' },
      approved: true,
      attempts: { s0: 2 },
      stuck: ['s0'],
      commits: [{ subtask_id: 's0', hash: 'abc' }],
    });
    assert.deepEqual(problems, []);
  });

  it('give the beginning of the specification where nothing else tells', () => {
    const spec = { [`${folder}/spec.md`]: '# Search\n\n## Overview\n\nFind\narticles.\n\nMore.\n' };
    assert.equal(read(plan(['pending']), spec).plans[0]?.description, 'Find\narticles.');
  });

  it('harm nothing when they are broken', () => {
    const { plans, problems } = read(plan(['pending']), {
      [`${folder}/requirements.json`]: '{"task_description": ',
      [`${folder}/memory/attempt_history.json`]: '[]',
      [copy]: 'no JSON',
    });
    assert.equal(plans.length, 1);
    assert.deepEqual(problems, []);
  });
});

describe('the copy of a plan in a worktree', () => {
  it('is reported where its statuses differ, and never merged', () => {
    const { plans, problems } = read(plan(['pending', 'pending']), {
      [copy]: plan(['pending', 'completed', 'completed']),
    });
    assert.deepEqual(
      plans[0]?.phases[0]?.subtasks.map(({ status }) => status),
      ['pending', 'pending'],
    );
    assert.deepEqual(
      problems.map(({ rule, severity }) => [rule, severity]),
      [['copy-drift', 'warning']],
    );
    assert.match(problems[0]?.message ?? '', /s1 \(pending here, claimed there\)/);
    assert.deepEqual(
      read(plan(['done']), { [copy]: plan(['completed']) }).problems.map(({ rule }) => rule),
      ['status-synonym'],
    );
  });

  it('belongs to the plan outside the worktrees', async () => {
    for (const one of [copy, `.worktrees/001-search/${path}`, `a/${copy}`])
      assert.equal(homesOf(one)[0], one.startsWith('a/') ? `a/${path}` : path, one);
    assert.equal(homesOf(`${folder}/build-progress.txt`)[0], path);
    const names: Record<string, string> = { '': '.auto-claude', '.auto-claude': 'specs' };
    const found = await discoverPlans((at) => {
      const name = names[at];
      if (name !== undefined) return Promise.resolve([{ name, kind: 'directory' as const }]);
      if (at === '.auto-claude/specs')
        return Promise.resolve([{ name: '001-search', kind: 'directory' as const }]);
      return Promise.resolve([{ name: 'implementation_plan.json', kind: 'file' as const }]);
    });
    assert.deepEqual(found, [path]);
  });
});

describe('the files of a spec by themselves', () => {
  it('have kinds of their own, and no plan', () => {
    const kind = (name: string) => autoClaudeFormat.read({ path: `${folder}/${name}`, text: '{}' });
    for (const [name, expected] of [
      ['requirements.json', 'requirements'],
      ['spec.md', 'spec'],
      ['init.sh', 'init_script'],
      ['memory/build_commits.json', 'build_commits'],
      ['memory/session_insights/session_001.json', 'session_001'],
    ] as const) {
      const reading = kind(name);
      assert.deepEqual([reading.kind, reading.plans], [expected, []], name);
    }
  });
});
