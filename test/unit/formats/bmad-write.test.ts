import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bmadFormat } from '../../../src/formats/bmad/format';
import type { PlanSource } from '../../../src/formats/format';
import { subtasksOf } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import {
  askedStatuses,
  checkReading,
  checkWriting,
  edited,
  mutated,
  type WritingRules,
} from '../../support/format-properties';
import { sprintPlan, sprintText, storyPath, storyText } from '../../support/plan-texts/bmad';
import { statusChange } from '../../support/status-change';

function shown(source: PlanSource, key: string, status: SubtaskStatus): string[] {
  const edits = bmadFormat.write(source, statusChange(key, status));
  assert.ok(edits);
  return edits.map(({ path, range, text }) => {
    const file = path === source.path ? source : source.others?.get(path);
    return `${path.endsWith('.md') ? 'story ' : ''}${file?.text.slice(range.start, range.end) ?? ''}→${text}`;
  });
}

const sprint = (keys: string): PlanSource => ({
  path: 'sprint.yaml',
  text: `development_status:\n${keys}`,
});
const update = '01-02-2026 09:30→03-04-2026 05:06';

describe('writing into a BMAD sprint', () => {
  it('replaces the word, the date of the update and the status of the story file', () => {
    assert.deepEqual(shown(sprintPlan, '1-3-save-cart', 'in_progress'), [
      ...[update, 'ready-for-dev→in-progress', 'story ready-for-dev→in-progress'],
    ]);
    assert.deepEqual(shown(sprintPlan, '1-2a-買い物', 'done'), [update, 'review→done']);
    assert.deepEqual(shown(sprintPlan, '10-1-lost', 'done'), [update, '"drafted"→"done"']);
  });

  it('keeps blanks, comments and every other line', () => {
    const source = sprint('  epic-1: in-progress\r\n  1-1-a:   review  # since: today\r\n');
    const edits = bmadFormat.write(source, statusChange('1-1-a', 'done')) ?? [];
    const { text } = edited(source, edits);
    assert.equal(text, source.text.replace('review', 'done'));
  });

  it('begins an epic with its first story, and never closes it', () => {
    const source = sprint('  epic-4: backlog\n  4-1-a: backlog\n');
    assert.deepEqual(shown(source, '4-1-a', 'in_progress'), [
      ...['backlog→in-progress', 'backlog→in-progress'],
    ]);
    assert.deepEqual(shown(source, '4-1-a', 'done'), ['backlog→done']);
    assert.deepEqual(shown(sprint('  epic-4: done\n  4-1-a: backlog\n'), '4-1-a', 'in_progress'), [
      'backlog→in-progress',
    ]);
  });

  it('has work reviewed that only an agent calls done', () => {
    const source = sprint('  epic-1: in-progress\n  1-1-a: in-progress\n');
    assert.deepEqual(shown(source, '1-1-a', 'in_review'), ['in-progress→review']);
    assert.deepEqual(shown(source, '1-1-a', 'claimed'), ['in-progress→review']);
    assert.deepEqual(shown(source, '1-1-a', 'done'), ['in-progress→done']);
  });

  it('sets a story back to ready where its file is there, else to the backlog', () => {
    assert.deepEqual(shown(sprintPlan, '1-1-cart-model', 'pending'), [
      ...[update, 'done→ready-for-dev', 'story Done→ready-for-dev'],
    ]);
    assert.deepEqual(shown(sprintPlan, '1-2a-買い物', 'pending'), [update, 'review→backlog']);
    assert.deepEqual(shown(sprintPlan, '10-1-lost', 'pending'), []);
    assert.deepEqual(shown(sprintPlan, '2-1-checkout', 'pending'), []);
  });

  it('has no words for trouble', () => {
    for (const status of ['blocked', 'failed', 'needs_attention', 'skipped', 'cancelled'] as const)
      assert.deepEqual(shown(sprintPlan, '1-3-save-cart', status), []);
  });

  it('fills a status that is missing, and knows that a story is gone', () => {
    assert.deepEqual(shown(sprint('  1-1-a:\n'), '1-1-a', 'done'), ['→ done']);
    assert.equal(bmadFormat.write(sprintPlan, statusChange('1-8-x', 'done')), null);
  });

  it('writes the date of the update in its own form', () => {
    const dated = (date: string) => {
      const source = sprint('  1-1-a: review\n');
      const text = `last_updated: ${date}\n${source.text}`;
      return shown({ ...source, text }, '1-1-a', 'done')[0];
    };
    assert.equal(dated('2026-01-02'), '2026-01-02→2026-03-04');
    assert.equal(dated("'2026-01-02 08:00'  # UTC"), "'2026-01-02 08:00'→'2026-03-04 05:06'");
    assert.equal(dated('yesterday'), 'review→done');
  });
});

describe('writing into a BMAD story', () => {
  it('ticks the box of the Task, and nothing else', () => {
    const source = { path: 'story.md', text: storyText };
    assert.deepEqual(shown(source, '2', 'done'), ['story  →x']);
    assert.deepEqual(shown(source, '1', 'done'), []);
    assert.deepEqual(shown(source, '1', 'pending'), ['story x→ ']);
    assert.deepEqual(shown(source, '2', 'in_progress'), []);
  });
});

describe('BMAD files of any text', () => {
  const pieces = fc.constantFrom(
    ...[
      'development_status:\n',
      '  epic-1: backlog\n',
      '  1-1-a: done # x\n',
      '  1-1-a:\n',
      '\r\n',
    ],
    ...[
      '  # Epic 1: A\n',
      'epic-1-retrospective: x\n',
      'last_updated: 2026-01-01\n',
      '"',
      "'",
      '\uFEFF',
    ],
    ...[
      'action_items:\n',
      '  - action: a\n',
      '# Story 1.1: A\n',
      'Status: done\n',
      '## Status\n',
      '```\n',
    ],
    ...[
      '## Tasks\n',
      '- [ ] Task 1: a (AC: 1-9)\n',
      '  - [x] s\n',
      '### G\n',
      '## Acceptance Criteria\n1. a\n',
    ],
  );
  const texts = fc
    .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 20 })))
    .map((parts) => parts.join(''));
  const readAs: Partial<Record<SubtaskStatus, SubtaskStatus>> = {
    done: 'claimed',
    in_review: 'needs_attention',
  };
  const rules: WritingRules = {
    changes: ['notReady'],
    readBack: (status) => readAs[status] ?? status,
  };

  function check(source: PlanSource, pick: number, status: SubtaskStatus): void {
    const [plan] = checkReading(bmadFormat, source).plans;
    const subtasks = plan === undefined ? [] : subtasksOf(plan);
    const subtask = subtasks[pick % Math.max(1, subtasks.length)];
    if (plan !== undefined && subtask !== undefined)
      checkWriting(bmadFormat, source, plan, subtask, status, rules);
  }

  const status = fc.constantFrom(...askedStatuses);

  it('are read and written as promised: sprints', () => {
    fc.assert(
      fc.property(
        fc.oneof(texts, mutated(sprintText, texts)),
        fc.option(mutated(storyText, texts)),
        fc.nat(),
        status,
        (text, story, pick, asked) => {
          const others = new Map(sprintPlan.others);
          if (story !== null) others.set(storyPath, { path: storyPath, text: story });
          check({ ...sprintPlan, text, others }, pick, asked);
        },
      ),
      { numRuns: 400 },
    );
  }).timeout(30_000);

  it('are read and written as promised: stories', () => {
    fc.assert(
      fc.property(
        fc.oneof(texts, mutated(storyText, texts)),
        fc.nat(),
        status,
        (text, pick, asked) => check({ path: storyPath, text }, pick, asked),
      ),
      { numRuns: 400 },
    );
  }).timeout(30_000);

  it('are read in time, however hostile', () => {
    const many = (line: string) => line.repeat(Math.floor((128 * 1024) / line.length));
    for (const inside of [
      ...[
        '  1-1-a: done\n',
        '  epic-1: done\n',
        '  - a\n',
        '  # Epic 1: ─ ─',
        '# Story ',
        '(AC: 1',
        ' ',
      ],
      ...[
        '- [ ] Task 1: a (AC: 1-99999)\n',
        '## Tasks\n',
        '### Tasks\n',
        '1. a\n',
        'Status: ',
        '*',
        '─',
      ],
    ])
      for (const path of ['a.yaml', 'a.md']) {
        const text = `development_status:\n${many(inside)}`;
        const start = performance.now();
        bmadFormat.read({ path, text });
        bmadFormat.read({
          path,
          text: `## Tasks\n- [ ] ${many(inside)}\n## Status\n${many(inside)}`,
        });
        assert.ok(performance.now() - start < 8000, `${path}: ${inside}`);
      }
  }).timeout(120_000);
});
