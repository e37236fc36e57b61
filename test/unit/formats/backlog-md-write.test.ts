import assert from 'node:assert/strict';
import fc from 'fast-check';
import { backlogMdFormat } from '../../../src/formats/backlog-md/format';
import type { PlanSource, StatusChange } from '../../../src/formats/format';
import { subtasksOf } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import {
  askedStatuses,
  checkReading,
  checkWriting,
  mutated,
  type WritingRules,
} from '../../support/format-properties';
import { applyEdits } from '../../support/plan-texts';
import { backlogFolder, backlogTaskText, filesAsOthers } from '../../support/plan-texts/backlog-md';
import { statusChange } from '../../support/status-change';

const write = (source: PlanSource, change: StatusChange) => backlogMdFormat.write(source, change);

function written(text: string, status: SubtaskStatus, config = ''): string {
  const path = 'backlog/tasks/task-1 - X.md';
  const others = filesAsOthers([{ path: 'backlog/config.yml', text: config }]);
  const id = /^id: (.*)$/m.exec(text)?.[1] ?? '';
  const edits = write({ path, text, others }, statusChange(id, status));
  assert.ok(edits);
  return applyEdits(text, edits);
}

describe('the lock of a Backlog.md task', () => {
  const taken = (path: string, id: string) =>
    backlogMdFormat.locks?.({ path, text: `---\nid: ${id}\n---\n` }).taken;

  it('is that of the tool: by the id, beside the folder of the task', () => {
    assert.equal(taken('backlog/tasks/task-1 - X.md', 'TASK-1.2'), 'backlog/.locks/task-task-1.2');
    assert.equal(taken('a/.backlog/completed/x.md', 'BACK-7'), 'a/.backlog/.locks/task-back-7');
    assert.equal(taken('backlog/tasks/epics/tasks/x.md', "'My id'"), 'backlog/.locks/task-my-id');
    assert.equal(taken('work/plan/tasks/e/x.md', '.x'), 'work/plan/.locks/task-x');
  });

  it('is none for a file that is no task, or stands in no backlog', () => {
    assert.equal(taken('notes/x.md', 'task-1'), null);
    assert.equal(taken('backlog/config.yml', ''), null);
  });
});

const front = (lines: string) => `---\nid: task-1\n${lines}\n---\nstatus: Done\n`;

describe('writing into a Backlog.md task', () => {
  it('replaces the word alone, in the quotes that it had', () => {
    for (const [before, after] of [
      ['status: To Do', 'status: In Progress'],
      ["status: 'To Do'   # why", "status: 'In Progress'   # why"],
      ['status: "To Do"', 'status: "In Progress"'],
      ['status:   to do', 'status:   In Progress'],
      ['status: Done\r', 'status: In Progress\r'],
    ] as const)
      assert.equal(written(front(before), 'in_progress'), front(after));
  });

  it("uses the project's own words, quoted where YAML needs it", () => {
    const config = 'statuses: ["Open", "Doing: now", "In Review", "Won\'t Do", "Shipped"]';
    const to = (status: SubtaskStatus) => written(front('status: x'), status, config);
    assert.equal(to('pending'), front('status: Open'));
    assert.equal(to('in_progress'), front("status: 'Doing: now'"));
    assert.equal(written(front('status: Open'), 'in_review', config), front('status: In Review'));
    assert.equal(to('skipped'), front("status: Won't Do"));
    assert.equal(to('done'), front('status: Shipped'));
    assert.equal(to('blocked'), front('status: x'));
  });

  it('never makes a draft of what waits, and calls nothing done that is given up', () => {
    const config = "statuses: [Draft, To Do, Done, Cancelled]\ndefault_status: 'To Do'";
    assert.equal(written(front('status: Done'), 'pending', config), front('status: To Do'));
    assert.equal(written(front('status: Draft'), 'done', config), front('status: Done'));
    assert.equal(written(front('status: Draft'), 'cancelled', config), front('status: Cancelled'));
  });

  it('has no words for trouble but those of the project', () => {
    for (const status of ['blocked', 'failed', 'needs_attention', 'in_review', 'skipped'] as const)
      assert.equal(written(front('status: To Do'), status), front('status: To Do'));
  });

  it('says when it changed where the file says that, in its own form', () => {
    for (const [before, after] of [
      ["'2025-09-02 20:19'", "'2026-03-04 05:06'"],
      ['2025-09-02', '2026-03-04'],
      ['"2025-09-02 20:19"', '"2026-03-04 05:06"'],
      ['2025-09-02T20:19:01Z', '2026-03-04T05:06:07Z'],
      ['13/09/2025', '04/03/2026'],
      ['last week', 'last week'],
    ] as const)
      assert.equal(
        written(front(`status: To Do\nupdated_date: ${before}`), 'done'),
        front(`status: Done\nupdated_date: ${after}`),
      );
    const config = 'date_format: dd/mm/yyyy';
    assert.equal(
      written(front('status: To Do\nupdated_date: 02/09/2025'), 'done', config),
      front('status: Done\nupdated_date: 04/03/2026'),
    );
  });

  it('writes nothing where the file says it in another of its words', () => {
    for (const [word, status] of [
      ['Completed', 'done'],
      ['Backlog', 'pending'],
      ['in-progress', 'in_progress'],
    ] as const)
      assert.equal(written(front(`status: ${word}`), status), front(`status: ${word}`));
  });

  it('fills an empty status, and adds no line', () => {
    assert.equal(written(front('status:'), 'done'), front('status: Done'));
    assert.equal(written(front('title: x'), 'done'), front('title: x'));
  });

  it('knows that a task is gone', () => {
    assert.equal(write(backlogFolder, statusChange('task-99', 'done')), null);
  });

  it("edits the task's own file in a folder", () => {
    const edits = write(backlogFolder, statusChange('TASK-2.2', 'done')) ?? [];
    assert.deepEqual(
      edits.map(({ path, text }) => `${path} ${text}`),
      [
        "backlog/tasks/epics/shop/task-2.2 - Cart.md 'Shipped'",
        "backlog/tasks/epics/shop/task-2.2 - Cart.md '2026-03-04 05:06'",
      ],
    );
  });
});

describe('Backlog.md files of any text', () => {
  const pieces = fc.constantFrom(
    ...[
      '---\n',
      'id: task-1\n',
      'status: Done\n',
      "status: 'To Do'\n",
      'status:\n',
      'title: >-\n  x\n',
    ],
    ...[
      'dependencies: [task-1, "',
      "labels: ['a', \n  b]\n",
      '  - task-2\n',
      "'",
      '"',
      '\r\n',
      '\r',
    ],
    ...[
      'updated_date: 2026-01-01\n',
      '## Acceptance Criteria\n',
      '- [x] #1 a\n',
      '<!-- AC:BEGIN -->\n',
    ],
    ...[
      '<!-- AC:END -->\n',
      '```\n',
      '\uFEFF',
      'statuses: [A, B]\n',
      '#',
      ' : ',
      'parent_task_id: task-1\n',
    ],
  );
  const texts = fc
    .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 20 })))
    .map((parts) => parts.join(''));
  const task: PlanSource = { path: 'backlog/tasks/task-2 - X.md', text: backlogTaskText };
  const readAs: Partial<Record<SubtaskStatus, SubtaskStatus>> = {
    done: 'claimed',
    in_review: 'needs_attention',
    cancelled: 'skipped',
  };
  const rules: WritingRules = {
    changes: ['facts', 'notReady'],
    readBack: (status) => readAs[status] ?? status,
  };

  function check(source: PlanSource, pick: number, status: SubtaskStatus): void {
    const [plan] = checkReading(backlogMdFormat, source).plans;
    const subtasks = plan === undefined ? [] : subtasksOf(plan);
    const subtask = subtasks[pick % Math.max(1, subtasks.length)];
    if (plan !== undefined && subtask !== undefined)
      checkWriting(backlogMdFormat, source, plan, subtask, status, rules);
  }

  it('are read and written as promised', () => {
    const status = fc.constantFrom(...askedStatuses);
    fc.assert(
      fc.property(fc.oneof(texts, mutated(backlogTaskText, texts)), status, (text, asked) =>
        check({ ...task, text }, 0, asked),
      ),
      { numRuns: 500 },
    );
    const files = [...(backlogFolder.others ?? [])];
    fc.assert(
      fc.property(fc.nat(files.length - 1), fc.nat(), texts, status, (at, pick, text, asked) => {
        const [path] = files[at] ?? [''];
        const others = new Map(files).set(path, { path, text });
        check({ ...backlogFolder, others }, pick, asked);
      }),
      { numRuns: 300 },
    );
  }).timeout(30_000);

  it('are read in time, however hostile', () => {
    const many = (line: string) => line.repeat(Math.floor((128 * 1024) / line.length));
    for (const inside of [
      ...["labels: ['a, ", 'labels: ["', '- [x] a\n', "title: '", 'a:\n', '  - ', '[', "'", '"\\'],
      ...['<!-- AC:BEGIN -->\n', '## Acceptance Criteria\n', ' ', '#', ' #', 'dependencies: [x,\n'],
    ]) {
      const text = `---\nid: task-1\n${many(inside)}\n---\n${many(inside)}`;
      const start = performance.now();
      backlogMdFormat.read({ ...task, text });
      backlogMdFormat.read({ ...task, text: `---\nid: task-1\nlabels: [${many(inside)}\n---\n` });
      assert.ok(performance.now() - start < 5000, inside);
    }
  }).timeout(60_000);
});
