import assert from 'node:assert/strict';
import { isBelow, statusPaths } from '../../../src/workspaces/status';

describe('statusPaths', () => {
  it('reads every kind of record, with blanks and newlines in names', () => {
    const hash = '0'.repeat(40);
    const records = [
      `1 .M N... 100644 100644 100644 ${hash} ${hash} a b\nc`,
      `2 R. N... 100644 100644 100644 ${hash} ${hash} R100 new name`,
      'old name',
      `u UU N... 100644 100644 100644 100644 ${hash} ${hash} ${hash} torn`,
      '? sub/dir/',
      '# branch.oid x',
      '',
    ];
    assert.deepEqual(statusPaths(Buffer.from(records.join('\0'))), [
      'a b\nc',
      'new name',
      'old name',
      'torn',
      'sub/dir',
    ]);
  });
});

describe('isBelow', () => {
  it('takes a folder for what is in it, but not a prefix of a name', () => {
    assert.equal(isBelow('specs/plan.md', ['specs/']), true);
    assert.equal(isBelow('specs\\plan.md'.replaceAll('\\', '/'), ['specs\\plan.md']), true);
    assert.equal(isBelow('specs-old/plan.md', ['specs']), false);
  });
});
