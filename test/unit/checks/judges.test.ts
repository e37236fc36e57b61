import assert from 'node:assert/strict';
import { noJudges, type Confirmation, type Judges, type Review } from '../../../src/checks/check';
import { checkContext, validator, validatorRunner } from '../../support/check-context';

const review = (answer: Review, criteria = ['It works.', 'It is short.']) => {
  const judges: Judges = { ...noJudges, review: () => Promise.resolve(answer) };
  const checked = validator('agent_review', { criteria });
  return validatorRunner().run(checked, checkContext('/'), judges);
};
const answered = (...holds: boolean[]): Review => ({
  kind: 'answered',
  agent: 'Reviewer',
  answers: holds.map((one) => ({ holds: one, reason: one ? 'Seen.' : 'Line 3 does not.' })),
  text: 'what it said',
});

describe('the check agent_review', () => {
  it('passes when every criterion holds, with each answer as evidence', async () => {
    const result = await review(answered(true, true));
    assert.equal(result.outcome, 'passed');
    assert.deepEqual(result.details['criteria'], [
      { criterion: 'It works.', holds: true, reason: 'Seen.' },
      { criterion: 'It is short.', holds: true, reason: 'Seen.' },
    ]);
    assert.equal(result.output, 'what it said');
  });

  it('fails by name of what does not hold', async () => {
    const result = await review(answered(true, false));
    assert.equal(result.outcome, 'failed');
    assert.match(result.message, /It is short\. \(Line 3 does not\.\)/);
    assert.ok(!result.message.includes('It works.'));
  });

  it('fails a criterion without an answer', async () => {
    assert.equal((await review(answered(true))).outcome, 'failed');
  });

  it('is an error when there was no judgement, and skipped when nobody may be asked', async () => {
    const error = await review({ kind: 'error', message: 'It changed files.', text: 'story' });
    assert.deepEqual([error.outcome, error.output], ['error', 'story']);
    assert.equal((await review({ kind: 'skipped', message: 'Not approved.' })).outcome, 'skipped');
    const runner = validatorRunner();
    const nobody = await runner.run(
      validator('agent_review', { criteria: ['x'] }),
      checkContext('/'),
    );
    assert.equal(nobody.outcome, 'skipped');
  });
});

describe('the check manual', () => {
  const ask = (word: Confirmation | null) => {
    const judges: Judges = {
      ...noJudges,
      confirmation: (instruction) => Promise.resolve(instruction === 'Look at it.' ? word : null),
    };
    const checked = validator('manual', { instruction: 'Look at it.' });
    return validatorRunner().run(checked, checkContext('/'), judges);
  };
  const word = { holds: true, note: '', by: 'person:ada', at: '2026-01-01T00:00:00.000Z' };

  it('is skipped until somebody has said so', async () => {
    const result = await ask(null);
    assert.equal(result.outcome, 'skipped');
    assert.match(result.message, /Look at it\./);
  });

  it('is what a named person said', async () => {
    const passed = await ask(word);
    assert.deepEqual([passed.outcome, passed.details['by']], ['passed', 'person:ada']);
    assert.match(passed.message, /^ada confirmed/);
    const failed = await ask({ ...word, holds: false, note: 'It is blue.' });
    assert.equal(failed.outcome, 'failed');
    assert.match(failed.message, /ada denied.*It is blue\./);
  });
});
