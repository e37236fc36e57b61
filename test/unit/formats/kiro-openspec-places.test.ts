import assert from 'node:assert/strict';
import { discoverPlans, type FolderEntry } from '../../../src/formats/discovery';
import { formatOf } from '../../../src/formats/registry';

/** A folder's entries in a workspace of files. */
function lister(files: readonly string[]) {
  return (folder: string): Promise<FolderEntry[]> => {
    const start = folder === '' ? '' : `${folder}/`;
    const names = new Map<string, FolderEntry>();
    for (const file of files.filter((path) => path.startsWith(start))) {
      const [name = '', ...deeper] = file.slice(start.length).split('/');
      names.set(name, { name, kind: deeper.length > 0 ? 'directory' : 'file' });
    }
    return Promise.resolve([...names.values()]);
  };
}

const nameOf = (path: string, text = '') => formatOf({ path, text })?.name ?? null;

describe('the places of kiro and openspec plans', () => {
  it('are found in a workspace, without what is archived or a copy', async () => {
    const files = [
      '.kiro/specs/find/tasks.md',
      '.kiro/specs/find/requirements.md',
      '.kiro/specs/find/tasks.legacy.md',
      '.kiro/steering/tasks.md',
      'apps/web/.kiro/specs/shop/page/tasks.md',
      '.spec-workflow/specs/find/tasks.md',
      '.spec-workflow/archive/specs/old/tasks.md',
      '.spec-workflow/approvals/find/tasks.md',
      '.claude/specs/find/tasks.md',
      'openspec/changes/add/tasks.md',
      'openspec/changes/add/proposal.md',
      'openspec/changes/add/specs/x/spec.md',
      'openspec/changes/wide/api/tasks.md',
      'openspec/changes/wide/page/tasks.md',
      'openspec/changes/archive/2026-01-02-old/tasks.md',
      'openspec/specs/x/spec.md',
      'old/openspec/changes/add/tasks.md',
    ];
    assert.deepEqual(await discoverPlans(lister(files)), [
      '.claude/specs/find/tasks.md',
      '.kiro/specs/find/tasks.md',
      '.spec-workflow/specs/find/tasks.md',
      'apps/web/.kiro/specs/shop/page/tasks.md',
      'old/openspec/changes/add/tasks.md',
      'openspec/changes/add/tasks.md',
      'openspec/changes/wide',
    ]);
  });

  it('tell the format by the path, archived ones too', () => {
    assert.equal(nameOf('.kiro/specs/a/tasks.md'), 'kiro');
    assert.equal(nameOf('.spec-workflow/archive/specs/a/tasks.md'), 'kiro');
    assert.equal(
      nameOf('.spec-workflow/approvals/a/tasks.md', '- [ ] 1. a\n  - _Leverage: x_'),
      null,
    );
    assert.equal(nameOf('openspec/changes/a/tasks.md'), 'openspec');
    assert.equal(nameOf('openspec/changes/archive/2026-01-02-a/tasks.md'), 'openspec');
    assert.equal(nameOf('openspec/changes/a'), 'openspec');
    assert.equal(nameOf('openspec/changes/a/design.md'), null);
    assert.equal(nameOf('specs/001-a/tasks.md', '- [ ] 1. a\n  - _Requirements: 1.1_'), 'spec-kit');
  });

  it('need not be known where a file shows by its fields whose it is', () => {
    assert.equal(nameOf('notes/list.md', '- [ ] 1. a\n  - _Requirements: 1.1_\n'), 'kiro');
    assert.equal(nameOf('notes/list.md', '- [ ] 1. a\n  - _Prompt: Role: x_\n'), 'kiro');
    assert.notEqual(nameOf('notes/list.md', '- [ ] 1. a\n'), 'kiro');
    assert.notEqual(nameOf('notes/list.md', '- [ ] a\n  - _Requirements: 1.1_\n'), 'kiro');
  });
});
