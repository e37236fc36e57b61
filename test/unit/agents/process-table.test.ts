import assert from 'node:assert/strict';
import fc from 'fast-check';
import { familyOf, type ProcessEntry } from '../../../src/agents/process-table';

function entry(pid: number, parent: number, session = parent, startedAt = `t${pid}`): ProcessEntry {
  return { pid, parent, session, startedAt };
}

function idsOf(entries: ProcessEntry[]): number[] {
  return entries.map(({ pid }) => pid).sort((one, other) => one - other);
}

const engine = entry(10, 1, 10);
const agent = entry(20, 10, 20);

describe('the family of a process', () => {
  it('is itself and its descendants, in whatever order the system lists them', () => {
    const all = [entry(22, 21, 22), entry(21, 20, 20), agent, engine, entry(30, 1, 30)];
    assert.deepEqual(idsOf(familyOf(all, [agent])), [20, 21, 22]);
  });

  it('has what lives in its session after its parent is gone', () => {
    const orphan = entry(21, 1, 20);
    assert.deepEqual(idsOf(familyOf([engine, orphan], [agent])), [21]);
  });

  it('does not take in strangers when its id is used again', () => {
    const stranger = entry(20, 1, 20, 'later');
    const child = entry(21, 20, 20);
    assert.deepEqual(familyOf([engine, stranger, child], [agent]), []);
  });

  it('never reaches upwards or sideways', () => {
    const tree = fc
      .array(fc.nat(), { minLength: 2, maxLength: 30 })
      .map((parents) =>
        parents.map((parent, index) =>
          entry(100 + index, index === 0 ? 1 : 100 + (parent % index), 0),
        ),
      );
    fc.assert(
      fc.property(tree, fc.nat(), (all, pick) => {
        const root = all[pick % all.length]!;
        const parents = new Map(all.map(({ pid, parent }) => [pid, parent]));
        const isBelow = (pid: number | undefined): boolean =>
          pid !== undefined && (pid === root.pid || isBelow(parents.get(pid)));
        const expected = idsOf(all.filter(({ pid }) => isBelow(pid)));
        assert.deepEqual(idsOf(familyOf(all, [root])), expected);
      }),
    );
  });
});
