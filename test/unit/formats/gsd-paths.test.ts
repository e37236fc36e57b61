import assert from 'node:assert/strict';
import { discoverPlans, type FolderEntry } from '../../../src/formats/discovery';
import { gsdFormat } from '../../../src/formats/gsd/format';
import { formatOf, homesOf } from '../../../src/formats/registry';
import { gsdText, planText, task } from '../../support/plan-texts/gsd';

const formatAt = (path: string, text = '') => formatOf({ path, text })?.name ?? null;
const homeAt = (path: string) => homesOf(path)[0];

describe('where gsd plans are', () => {
  it('is the folder for the files of its phases and its roadmap', () => {
    for (const name of [
      'ROADMAP.md',
      'phases/01-base/01-02-PLAN.md',
      'phases/1.5.4-filter/1.5.4-01-SUMMARY.md',
      'phases/editor-debug/PLAN.md',
      'phases/03-x/plans/PLAN-01-models.md',
    ]) {
      assert.equal(homeAt(`app/.planning/${name}`), 'app/.planning/', name);
      assert.equal(homeAt(`.planning/workstreams/api/${name}`), '.planning/workstreams/api/', name);
    }
  });

  it('is the file for quick work and for plans elsewhere', () => {
    for (const path of [
      '.planning/quick/260415-blog/PLAN.md',
      '.planning/quick/007-fix/007-PLAN.md',
      '.planning/production-fixes/PLAN.md',
      'notes/01-02-PLAN.md',
    ])
      assert.equal(homeAt(path), path);
  });

  it('is nowhere for shipped work and for papers', () => {
    for (const path of [
      '.planning/milestones/v1-phases/01-base/01-02-PLAN.md',
      '.planning/research/MARKET-PLAN.md',
      '.planning/codebase/PLAN.md',
      '.planning/STATE.md',
    ])
      assert.deepEqual(gsdFormat.home(path), [], path);
  });

  it('is told by the text where the path says too little', () => {
    assert.equal(formatAt('any.md', gsdText.text), 'gsd');
    assert.equal(formatAt('01-foo.md', planText('phase: 1\nplan: 2')), 'gsd');
    assert.equal(formatAt('notes.md', `<tasks>\n${task('One')}</tasks>`), 'gsd');
    assert.equal(formatAt('docs/TEST-PLAN.md', '# Test plan\n- [ ] a\n'), null);
    assert.equal(formatAt('notes.md', 'About `<tasks>` and <task type="auto">'), null);
    assert.equal(formatAt('notes.md', '---\nphase: 1\n---\n'), null);
    assert.equal(formatAt('docs/01-02-PLAN.md', '# Prose'), 'gsd');
  });

  it('leaves the files of other tools alone', () => {
    for (const path of [
      'specs/001-a/plan.md',
      '.kiro/specs/a/tasks.md',
      'openspec/changes/a/tasks.md',
      'planning/ROADMAP.md',
      'implementation_plan.json',
    ])
      assert.notEqual(formatAt(path, '- [ ] a\n'), 'gsd', path);
  });

  it('is found in a workspace once for each folder', async () => {
    const file = (name: string): FolderEntry => ({ name, kind: 'file' });
    const folder = (name: string): FolderEntry => ({ name, kind: 'directory' });
    const tree: Record<string, FolderEntry[]> = {
      '': [folder('.planning'), file('README.md')],
      '.planning': [
        file('ROADMAP.md'),
        file('STATE.md'),
        folder('phases'),
        folder('quick'),
        folder('milestones'),
      ],
      '.planning/phases': [folder('01-a')],
      '.planning/phases/01-a': [
        file('01-01-PLAN.md'),
        file('01-01-SUMMARY.md'),
        file('01-CONTEXT.md'),
      ],
      '.planning/quick': [folder('001-x')],
      '.planning/quick/001-x': [file('001-PLAN.md')],
      '.planning/milestones': [folder('v1-phases')],
      '.planning/milestones/v1-phases': [folder('01-a')],
      '.planning/milestones/v1-phases/01-a': [file('01-01-PLAN.md')],
    };
    const found = await discoverPlans((path) => Promise.resolve(tree[path] ?? []));
    assert.deepEqual(found, ['.planning', '.planning/quick/001-x/001-PLAN.md']);
  });
});
