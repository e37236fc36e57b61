import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isRunBranch,
  planBranchName,
  planFolderName,
  runNames,
  slugOf,
} from '../../../src/workspaces/names';

describe('names of branches and folders', () => {
  it('are safe on every system, whatever the title', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 200 }));
    fc.assert(
      fc.property(text, (title) => {
        assert.match(planBranchName(title), /^runsheet\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
        assert.match(planFolderName(title), /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
        assert.ok(slugOf(title).length <= 60);
        assert.equal(isRunBranch(planBranchName(title)), false);
      }),
    );
  });

  it('stay readable', () => {
    assert.equal(planBranchName('Überblick: Stage 2 / naïve'), 'runsheet/uberblick-stage-2-naive');
    assert.equal(planFolderName('runsheet/my-plan'), 'my-plan');
  });

  it('give two branches with one slug two folders', () => {
    assert.notEqual(planFolderName('runsheet/a/b'), planFolderName('runsheet/a-b'));
    assert.notEqual(planFolderName('a-b'), planFolderName('runsheet/A-b'));
  });

  it('number the runs of one name', () => {
    const names = runNames('T001: Do it');
    const next = (): unknown => names.next().value;
    assert.deepEqual(next(), { folder: 't001-do-it', branch: 'runsheet/run/t001-do-it' });
    assert.deepEqual(next(), { folder: 't001-do-it-2', branch: 'runsheet/run/t001-do-it-2' });
  });

  it('keep a plan from taking the place above all run branches', () => {
    assert.equal(isRunBranch('runsheet/run'), true);
    assert.equal(isRunBranch('runsheet/run/x'), true);
    assert.equal(isRunBranch('runsheet/runner'), false);
  });
});
