import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readReview, reviewPrompt } from '../../../src/runs/review-words';

const answer = (...holds: boolean[]) =>
  JSON.stringify({
    criteria: holds.map((one, index) => ({ number: index + 1, holds: one, reason: 'So.' })),
  });

describe('the answer of a reviewer', () => {
  it('is found wherever it stands in what the agent says', () => {
    const texts = [
      answer(true, false),
      `I read {all} files.\n\n\`\`\`json\n${answer(true, false)}\n\`\`\`\nDone. }`,
      `First: ${answer(false, false)} Then I looked again: ${answer(true, false)}`,
      `{"criteria": "later"} {"x": {"y": 1}} ${answer(true, false)}`,
      JSON.stringify(JSON.parse(answer(true, false)), null, 2),
    ];
    for (const text of texts)
      assert.deepEqual(
        readReview(text, 2).map(({ holds }) => holds),
        [true, false],
        text,
      );
  });

  it('keeps the order of the criteria', () => {
    const criteria = [
      { number: 2, holds: false, reason: 'No "}" there.' },
      { number: 1, holds: true, reason: 'Yes.' },
    ];
    const [first, second] = readReview(JSON.stringify({ criteria }), 2);
    assert.deepEqual([first?.reason, second?.reason], ['Yes.', 'No "}" there.']);
  });

  it('is refused when it does not judge each criterion once', () => {
    const twice = JSON.stringify({
      criteria: [1, 1].map((number) => ({ number, holds: true, reason: 'So.' })),
    });
    for (const text of ['', 'All is fine.', answer(true), answer(true, true, true), twice, '{}'])
      assert.throws(() => readReview(text, 2), Error, text);
    const other = JSON.stringify({
      criteria: [1, 3].map((number) => ({ number, holds: true, reason: 'So.' })),
    });
    assert.throws(() => readReview(other, 2));
    const silent = JSON.stringify({ criteria: [{ number: 1, holds: true, reason: '' }] });
    assert.throws(() => readReview(silent, 1));
  });

  it('is read out of anything in a moment', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '"', '\\', 'a'), maxLength: 300 }),
        (noise) => {
          const text = `${noise}\n"\n${answer(true)}`;
          try {
            assert.equal(readReview(text, 1)[0]?.holds, true);
          } catch (error) {
            assert(error instanceof Error);
          }
        },
      ),
    ));

  it('is not searched for long in a long text', () => {
    const started = performance.now();
    assert.throws(() => readReview('{'.repeat(1_000_000), 1));
    assert.ok(performance.now() - started < 5_000);
  });
});

describe('what a reviewer is told', () => {
  const source = { key: 'T01', criteria: ['It works.', 'It is short.'], objective: null };

  it('is each criterion, the change, and the form of the answer', () => {
    const prompt = reviewPrompt({ ...source, diff: '+line\n' });
    assert.match(prompt, /1\. It works\.\n2\. It is short\./);
    assert.match(prompt, /~~~~diff\n\+line/);
    assert.match(prompt, /"holds":\{"type":"boolean"\}/);
  });

  it('is a part of a long change, and that there is more', () => {
    const prompt = reviewPrompt({ ...source, diff: '+x\n'.repeat(100_000) });
    assert.ok(prompt.length < 70_000);
    assert.match(prompt, /the rest is left out/);
  });

  it('is nothing of a change that nobody knows', () => {
    assert.ok(!reviewPrompt({ ...source, diff: null }).includes('## Change'));
    assert.match(reviewPrompt({ ...source, diff: '' }), /No file was changed/);
  });

  it('says beside it what its spec asks', () => {
    assert.match(reviewPrompt({ ...source, diff: null, objective: 'Be strict.' }), /Be strict\./);
  });
});
