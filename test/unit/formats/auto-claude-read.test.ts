import assert from 'node:assert/strict';
import { autoClaudeFormat } from '../../../src/formats/auto-claude/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

function read(text: string, path = 'specs/001-a/implementation_plan.json'): PlanReading {
  return autoClaudeFormat.read({ path, text });
}

function planOf(value: unknown): Plan {
  const [plan] = read(typeof value === 'string' ? value : JSON.stringify(value)).plans;
  assert.ok(plan);
  return plan;
}

const rules = (value: unknown) =>
  read(typeof value === 'string' ? value : JSON.stringify(value)).problems.map(({ rule }) => rule);
const leaf = (fields: object) => ({
  phases: [{ id: 'p', subtasks: [{ id: 's', description: 'd', status: 'pending', ...fields }] }],
});
const only = (fields: object) => {
  const [subtask] = subtasksOf(planOf(leaf(fields)));
  assert.ok(subtask);
  return subtask;
};

describe('the auto-claude format', () => {
  const { text } = planTexts['auto-claude'];

  it('reads title, phases and their dependencies by id or number', () => {
    const { title, phases, declaredPhases } = planOf(text);
    assert.equal(title, 'Shop search');
    assert.equal(declaredPhases, 2);
    assert.deepEqual(
      phases.map((phase) => [
        phase.id,
        phase.title,
        phase.parallelSafe,
        phase.dependsOn.map(({ id }) => id),
      ]),
      [
        ['phase-1-index', 'Index', false, []],
        ['phase-2-page', 'Page', true, ['phase-1-index']],
      ],
    );
    assert.deepEqual(rules(text), ['status-synonym', 'missing-status']);
  });

  it('reads subtasks: title, files, labels, status', () => {
    assert.deepEqual(
      subtasksOf(planOf(text)).map(({ id, title, files, labels, status, fileStatus, line }) => [
        id,
        title,
        files,
        labels,
        status,
        fileStatus,
        line,
      ]),
      [
        ['subtask-1-1', 'Build the index', ['src/index.js'], ['main'], 'claimed', 'completed', 12],
        ['subtask-1-2', 'Keep it fresh', ['src/index.js'], [], 'pending', 'pending', 20],
        ['subtask-2-1', 'Show results', [], [], 'claimed', 'done', 35],
        ['subtask-2-2', 'No status yet', [], [], 'pending', null, 36],
      ],
    );
  });

  it('orders subtasks of a phase that is not parallel-safe, and no others', () => {
    assert.deepEqual(
      subtasksOf(planOf(text)).map(({ dependsOn }) =>
        dependsOn.map(({ id, kind }) => `${id} ${kind}`),
      ),
      [[], ['subtask-1-1 implied'], [], []],
    );
  });

  it('makes a check of a command only, and shows the rest as text', () => {
    const [first, second] = subtasksOf(planOf(text));
    assert.deepEqual(
      first?.checks.map(({ id, type, label }) => [id, type, label]),
      [['verification-1', 'test_pass', 'node --test']],
    );
    assert.deepEqual(first.verification, ['command: node --test; expected: OK']);
    assert.deepEqual(second?.checks, []);
    assert.deepEqual(second.verification, ['manual: instructions: Look at it']);
    assert.equal(only({ verification: { type: 'command', run: 'make' } }).checks.length, 1);
    assert.equal(only({ verification: { type: 'manual', run: 'make' } }).checks.length, 0);
  });

  it('understands the words that agents write for a status', () => {
    const words = {
      'To-Do': 'pending',
      working: 'in_progress',
      Done: 'claimed',
      error: 'failed',
      blocked: 'blocked',
      cancelled: 'skipped',
      verified: 'needs_attention',
    };
    for (const [status, expected] of Object.entries(words))
      assert.equal(only({ status }).status, expected, status);
    assert.deepEqual(rules(leaf({ status: 'verified' })), ['unknown-status']);
    assert.deepEqual(rules(leaf({ status: 'Completed' })), ['status-synonym']);
    assert.deepEqual(rules(leaf({ status: ' ' })), ['missing-status']);
  });

  it('reads flat plans, old keys and aliases', () => {
    const flat = planOf({ title: 'T', subtasks: [{ id: 1, title: 'a', status: 'done' }] });
    assert.deepEqual(
      [flat.declaredPhases, flat.phases[0]?.id, subtasksOf(flat)[0]?.id],
      [0, null, '1'],
    );
    const old = planOf({
      phases: [
        { phase: 1, name: 'A', chunks: [{ chunk_id: 'c1', description: 'x' }] },
        {
          phase_number: 2,
          phase_name: 'B',
          prerequisites: ['1'],
          subtasks: [{ subtask_id: 's2', name: 'y', file_path: 'a.ts, b.ts' }],
        },
        { title: 'C', subtasks: [{ description: 'z' }] },
      ],
    });
    assert.deepEqual(
      old.phases.map(({ id, title, dependsOn }) => [id, title, dependsOn.map((one) => one.id)]),
      [
        ['1', 'A', []],
        ['2', 'B', ['1']],
        ['phase-3', 'C', []],
      ],
    );
    assert.deepEqual(
      subtasksOf(old).map(({ id }) => id),
      ['c1', 's2', 'subtask-3-1'],
    );
    assert.deepEqual(subtasksOf(old)[1]?.files, ['a.ts', 'b.ts']);
  });

  it('honours dependencies of subtasks and reports what is wrong with them', () => {
    const subtasks = [
      { id: 'a', status: 'pending', depends_on: ['b'] },
      { id: 'b', status: 'pending', dependencies: ['a', 'zzz', 'b', ''] },
    ];
    assert.deepEqual(rules({ phases: [{ id: 'p', subtasks }] }).toSorted(), [
      'dangling-dependency',
      'dependency-cycle',
      'self-dependency',
    ]);
  });

  it('reports duplicate and missing ids and keeps every subtask', () => {
    const subtasks = [
      { id: 'a', status: 'pending' },
      { id: 'a', status: 'pending' },
      { status: 'pending' },
    ];
    const value = { phases: [{ id: 'p', subtasks }] };
    assert.deepEqual(
      subtasksOf(planOf(value)).map(({ key }) => key),
      ['a', 'a#2', 'subtask-1-3'],
    );
    assert.deepEqual(rules(value), ['duplicate-id', 'missing-id']);
  });

  it('holds what the file claims about itself against what it holds', () => {
    const base = leaf({ status: 'pending', files_to_create: ['/etc/x'] });
    assert.deepEqual(rules({ ...base, status: 'done', planStatus: 'approved' }), [
      'plan-status-contradiction',
      'unknown-plan-status',
    ]);
    assert.deepEqual(rules({ ...leaf({}), status: 'human_review', planStatus: 'completed' }), []);
    assert.deepEqual(
      rules({
        ...leaf({}),
        summary: { total_subtasks: 3, total_phases: 1, startup_command: 'run.py --parallel 2' },
      }),
      ['summary-mismatch', 'dead-startup-command'],
    );
    assert.deepEqual(
      rules({ ...leaf({ verification: { type: 'magic' } }), workflow_type: 'magic' }).toSorted(),
      ['unknown-verification-type', 'unknown-workflow-type'],
    );
    assert.deepEqual(rules({ phases: [{ id: 'p', subtasks: [], chunks: [{}] }] }), [
      'empty-plan',
      'dual-lists',
    ]);
    const shared = { status: 'pending', files_to_modify: ['a.ts'] };
    assert.deepEqual(
      rules({
        phases: [
          {
            id: 'p',
            parallel_safe: true,
            subtasks: [
              { id: 'a', ...shared },
              { id: 'b', ...shared },
            ],
          },
        ],
      }),
      ['parallel-safe-overlap'],
    );
  });

  it('holds only the files that are to be changed against each other', () => {
    const fields = { status: 'pending', file_path: 'src/a.ts' };
    const subtasks = [
      { id: 'a', ...fields },
      { id: 'b', ...fields },
    ];
    assert.deepEqual(rules({ phases: [{ id: 'p', parallel_safe: true, subtasks }] }), []);
  });

  it('lets paths be absolute, as its tool writes them', () => {
    const value = leaf({ files_to_modify: ['/home/me/shop/src/a.ts', '../b.ts'] });
    assert.deepEqual(rules(value), []);
    assert.deepEqual(subtasksOf(planOf(value))[0]?.files, ['/home/me/shop/src/a.ts', '../b.ts']);
  });

  it('imports nothing of a broken file and names the line', () => {
    const broken = read('{\n "phases": [\n  {"id": "a" "b"}\n ]\n}');
    assert.deepEqual(
      [broken.plans, broken.problems.map(({ rule, line }) => `${line} ${rule}`)],
      [[], ['3 invalid-json']],
    );
    assert.deepEqual(rules('{\n<<<<<<< HEAD\n}\n'), ['invalid-json', 'merge-conflict-markers']);
    assert.deepEqual(rules('{"phases": ['), ['invalid-json']);
    assert.deepEqual(rules('['.repeat(200_000)), ['invalid-json']);
  });

  it('imports nothing of a file without a body, and says so for a plan', () => {
    assert.deepEqual(
      read('{"status": "done"}').problems.map(({ rule }) => rule),
      ['no-plan-body'],
    );
    assert.deepEqual(read('{"status": "done"}').plans, []);
    const sidecars = [
      ['task_logs.json', '{"phases": {"planning": {}}}'],
      ['requirements.json', '{"subtasks": []}'],
      ['spec.md', '# Spec'],
      ['init.sh', 'exit 1'],
      ['memory/attempt_history.json', '{"subtasks": {}}'],
    ] as const;
    for (const [name, text] of sidecars)
      assert.deepEqual(
        read(text, `.auto-claude/specs/001-a/${name}`),
        {
          kind: name === 'init.sh' ? 'init_script' : name.replace(/^.*\/|\.\w+$/g, ''),
          plans: [],
          problems: [],
          facts: {},
        },
        name,
      );
  });

  it('reads a file with a byte order mark', () => {
    assert.equal(planOf(`\uFEFF${text}`).title, 'Shop search');
  });
});
