import assert from 'node:assert/strict';
import { commandText } from '../../../src/ui/commands/command-text';
import { starterFileName, starterPlan } from '../../../src/ui/commands/starter-plan';
import { eventText, transcriptText } from '../../../src/ui/documents/transcript-text';
import { costText, durationText } from '../../../src/ui/tree/figures';
import { subtasksOf } from '../../../src/model/plan';
import { runsheetFormat } from '../../../src/formats/runsheet/format';
import { eventView, runView } from '../../support/views';

describe('commands that wait for approval', () => {
  const command = (text: string, usedBy: string[]) => ({
    hash: 'x',
    command: text,
    workingDirectory: '.',
    approved: false,
    usedBy,
  });

  it('are shown in full, below the subtasks that use them', () => {
    const long = `node ${'x'.repeat(5000)}`;
    const text = commandText([
      command('make', ['T01']),
      command(long, ['T01']),
      command('ls', ['T02']),
    ]);
    assert.equal(text, `# T01\nmake\n${long}\n\n# T02\nls`);
  });
});

describe('a transcript', () => {
  it('indents further lines of an event below its text', () => {
    const [first, second] = eventText(eventView({ sequence: 1, text: 'one\ntwo' })).split('\n');
    assert.equal(first?.indexOf('one'), second?.indexOf('two'));
  });

  it('says how many events it left out', () => {
    const text = transcriptText(runView({ id: 'r' }), { events: [], omitted: 12 }, []);
    assert.match(text, /12 earlier events are left out/);
  });

  it('ends with what each check said', () => {
    const check = {
      ordinal: 0,
      id: 'check-1',
      type: 'test_pass',
      label: 'npm test',
      required: true,
      outcome: 'failed' as const,
      message: 'exit code 1',
      exitCode: 1,
      command: 'npm test',
      tail: null,
      durationMs: 5,
      artifactId: null,
    };
    const verification = {
      id: 'v',
      runId: 'r',
      tree: 'merged' as const,
      commit: null,
      treeHash: null,
      stale: true,
      dirty: false,
      state: 'ended' as const,
      verdict: 'failed' as const,
      score: null,
      message: null,
      createdAt: '',
      endedAt: null,
      checks: [check],
    };
    const text = transcriptText(runView({ id: 'r' }), { events: [], omitted: 0 }, [verification]);
    assert.match(
      text,
      /Checks on the merged tree: not passed, of files that have changed since\n {2}failed {3}npm test: exit code 1/,
    );
  });
});

describe('figures', () => {
  it('are short for short things', () => {
    const startedAt = '2026-01-05T10:00:00.000Z';
    const until = (endedAt: string | null, pausedMs = 0) =>
      durationText({ startedAt, endedAt, pausedMs });
    assert.equal(until('2026-01-05T10:00:12.400Z'), '12 s');
    assert.equal(until('2026-01-05T12:05:00.000Z'), '2 h 5 min');
    assert.equal(until('2026-01-05T12:05:00.000Z', 3_600_000), '1 h 5 min');
    assert.equal(until(null), null);
    assert.equal(costText(2500), '$0.0025');
    assert.equal(costText(0), '$0.0000');
    assert.equal(costText(null), null);
  });
});

describe('a new plan', () => {
  it('is a plan without a problem', () => {
    const title = 'My "first": plan';
    const text = starterPlan(title);
    const path = starterFileName(title);
    assert.equal(path, 'my-first-plan.plan.md');
    const { plans, problems } = runsheetFormat.read({ path, text });
    assert.deepEqual(problems, []);
    assert.equal(plans[0]?.title, title);
    const subtasks = plans.flatMap(subtasksOf);
    assert.deepEqual(
      subtasks.map((subtask) => [subtask.key, subtask.checks.length]),
      [
        ['T01', 1],
        ['T02', 1],
        ['T03', 1],
      ],
    );
  });

  it('has a file name whatever its title', () => {
    assert.equal(starterFileName('日本'), 'new.plan.md');
    assert.equal(starterFileName('../../Étude'), 'etude.plan.md');
  });
});
