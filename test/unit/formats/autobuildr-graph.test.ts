import assert from 'node:assert/strict';
import { autobuildrFormat } from '../../../src/formats/autobuildr/format';
import { lint } from '../../../src/language/diagnostics';
import { graphOf } from '../../../src/model/plan-graph';
import type { Plan } from '../../../src/model/plan';

// A list of which one entry below index 25 was dropped: all later indices are one too high. What
// depends on what is made up so that it gives the numbers of the list that this happened to.
const indices =
  '- - 0 0 - 0 4 1 1 0 4 6 8 - - 7 14 0 1 - 15 - 19 4 2 19 25 - 13 28 1 25 11 3 34 27 19 17 38 38 25 41 22 39 - 43 14 11 44 11 11 51 12 36 0 46 56 45 21 38 60 61 62 35 64 61 - 67 27 43 54 71 34 38 38 25 36 25 19 34 60 38 51 61'
    .split(' ')
    .map((index) => (index === '-' ? null : Number(index)));

const reading = (shift: number) => {
  const entries = indices.map((index, position) => ({
    name: `Feature ${position}`,
    depends_on_indices: index === null ? [] : [index >= 25 ? index - shift : index],
  }));
  return autobuildrFormat.read({ path: 'feature_list.json', text: JSON.stringify(entries) });
};

const waves = ([plan]: Plan[]) => {
  assert.ok(plan);
  const graph = graphOf(plan);
  return { waves: graph.waves.map(({ length }) => length), stuck: graph.unreachable.size };
};

describe('a feature list with indices one too high', () => {
  it('names the features that wait for themselves, and all that can never start', () => {
    const read = reading(0);
    assert.deepEqual(waves(read.plans), { waves: [10, 24, 18, 6], stuck: 26 });
    const selves = read.problems.filter(({ rule }) => rule === 'self-dependency');
    assert.deepEqual(
      selves.map(({ message }) => Number(/^\d+/.exec(message)?.[0]) - 1),
      [34, 38, 41, 51, 56, 60, 61, 62, 64, 67, 71],
    );
    for (const { message } of selves) assert.match(message, /an entry above was removed/);
    const found = lint(read).filter(({ rule }) => rule === 'never-ready');
    assert.equal(found.length, 1);
    assert.match(found[0]?.message ?? '', /^26 of 84 can never start, .*: 35, 39, 40,/);
  });

  it('has nothing to say against it with the indices put right', () => {
    const read = reading(1);
    assert.deepEqual(waves(read.plans), { waves: [10, 24, 7, 22, 10, 8, 2, 1], stuck: 0 });
    assert.deepEqual(lint(read), []);
  });
});
