import assert from 'node:assert/strict';
import { sparseFolders } from '../../../src/workspaces/sparse';

describe('the folders of a sparse checkout', () => {
  it('are named from the top of the repository, each once and in order', () => {
    assert.deepEqual(sparseFolders('', ['lib/', 'app//src', './lib']), ['app/src', 'lib']);
    assert.deepEqual(sparseFolders('packages/app', ['src', 'a/../test']), [
      'packages/app/src',
      'packages/app/test',
    ]);
  });

  it('have slashes, however they are written', () => {
    assert.deepEqual(sparseFolders('', ['app\\src']), ['app/src']);
  });
});
