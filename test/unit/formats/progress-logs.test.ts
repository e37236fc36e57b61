import assert from 'node:assert/strict';
import fc from 'fast-check';
import { autoClaudeProgress } from '../../../src/formats/auto-claude/progress';
import { autobuildrProgress } from '../../../src/formats/autobuildr/progress';
import { progressText, type LoggedPlan } from '../../../src/formats/progress-log';
import { progressLogOf } from '../../../src/formats/progress-logs';
import { formatNamed, formats } from '../../../src/formats/registry';
import type { Plan } from '../../../src/model/plan';
import { progressLogFormats } from '../../../src/model/progress-log-formats';
import type { SubtaskStatus } from '../../../src/model/status';

const at = '2026-03-02T09:15:00.000Z';
const words = fc
  .array(
    fc.constantFrom(
      ...['a', 'Ü', '(x)', ': 3 subtasks', 'depends on phase-1', ' - DONE', ' – FAILED (no)', '✅'],
      ...['`b`', ' | ', '###', 'Status: PASSING', '- [completed] `x` y', '😀', 'Phase 2', '1'],
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => `x${parts.join(' ')}`);
const statuses = [
  ...(['pending', 'claimed', 'in_progress', 'in_review', 'blocked', 'needs_attention'] as const),
  ...(['done', 'failed', 'skipped', 'cancelled'] as const),
];
const subtask = fc.record({
  title: words,
  status: fc.constantFrom(...statuses),
  attempts: fc.nat(3),
  reason: fc.option(words, { nil: null }),
});
const plan: fc.Arbitrary<LoggedPlan> = fc
  .record({
    title: words,
    phases: fc.array(
      fc.record({
        title: words,
        waits: fc.boolean(),
        subtasks: fc.array(subtask, { maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ title, phases }) => {
    let number = 0;
    return {
      title,
      phases: phases.map((phase, place) => ({
        title: phase.title,
        dependsOn: phase.waits && place > 0 ? [place - 1] : [],
        subtasks: phase.subtasks.map((one) => {
          const proof = one.status === 'done' ? ('proven' as const) : null;
          return { ...one, proof, key: String((number += 1)) };
        }),
      })),
    };
  });

function readBack(format: string, path: string, text: string): Plan | null {
  const source = { path, text };
  return formatNamed(format)?.read(source).plans[0] ?? null;
}

/** What a log can say of a status: a proof is more than a file may claim. */
const told: Partial<Record<SubtaskStatus, SubtaskStatus>> = {
  done: 'claimed',
  cancelled: 'skipped',
};

describe('the progress log of an Auto-Claude plan', () => {
  it('reads back to the same phases, dependencies, numbers and statuses', () => {
    fc.assert(
      fc.property(plan, (logged) => {
        const text = progressText(autoClaudeProgress, logged, at, null) ?? '';
        const read = readBack('auto-claude', 'spec/build-progress.txt', text);
        assert.deepEqual(
          read?.phases.map(({ dependsOn, subtasks }) => [
            dependsOn.map(({ id }) => id),
            subtasks.map(({ status }) => status),
          ]),
          logged.phases.map(({ dependsOn, subtasks }) => [
            dependsOn.map((place) => `phase-${place + 1}`),
            subtasks.map(({ status }) => told[status] ?? status),
          ]),
        );
        assert.deepEqual(
          formatNamed('auto-claude')?.read({ path: 'build-progress.txt', text }).problems,
          [],
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('the progress log of an AutoBuildr list', () => {
  // A log has no word for what waits for a person, and none for reviews.
  const claimed = { ...told, in_review: 'in_progress', needs_attention: 'pending' } as const;

  it('reads back to the same features, numbers and statuses', () => {
    fc.assert(
      fc.property(plan, (logged) => {
        const all = logged.phases.flatMap(({ subtasks }) => subtasks);
        const text = progressText(autobuildrProgress, logged, at, null) ?? '';
        const read = readBack('autobuildr', 'claude-progress.txt', text);
        const expected: Partial<Record<SubtaskStatus, SubtaskStatus>> = claimed;
        assert.deepEqual(
          (read?.phases ?? []).flatMap(({ subtasks }) =>
            subtasks.map(({ id, status }) => [id, status]),
          ),
          all.map(({ key, status }) => [key, expected[status] ?? status]),
        );
        const passing = all.filter(
          ({ status }) => status === 'done' || status === 'claimed',
        ).length;
        if (read !== null) assert.deepEqual(read.facts['claimed'], [passing, all.length]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the block of Runsheet in a log', () => {
  const logged: LoggedPlan = { title: 'Plan', phases: [] };
  for (const log of [autoClaudeProgress, autobuildrProgress]) {
    it('takes the place of the earlier one, and keeps what follows by the byte', () => {
      const added = 'SESSION 2\r\n- work\n\n';
      const first = progressText(log, logged, at, null);
      const later = '2026-03-03T00:00:00.000Z';
      const second = progressText(
        log,
        { ...logged, title: 'Other' },
        later,
        `${first ?? ''}${added}`,
      );
      const alone = progressText(log, { ...logged, title: 'Other' }, later, null);
      assert.equal(second, `${alone ?? ''}${added}`);
    });

    it('is never put into a log of somebody else, or one whose end is gone', () => {
      const first = progressText(log, logged, at, null) ?? '';
      for (const other of ['Words.\n', `Words.\n${first}`, first.slice(0, -10)])
        assert.equal(progressText(log, logged, at, other), null);
    });
  }
});

describe('the formats with a progress log', () => {
  it('are those that the window offers it for', () => {
    const having = formats.filter(({ name }) => progressLogOf(name, 'a/b.json') !== null);
    assert.deepEqual(new Set(having.map(({ name }) => name)), progressLogFormats);
  });
});
