import assert from 'node:assert/strict';
import { discoverPlans, type FolderEntry } from '../../../src/formats/discovery';
import { formatOf, formatNamed, mayBePlan, readPlan } from '../../../src/formats/registry';
import { planTexts } from '../../support/plan-texts';

const formatAt = (path: string, text = '') => formatOf({ path, text })?.name ?? null;

describe('formatOf', () => {
  it('knows plans by their paths', () => {
    assert.equal(formatAt('docs/a.plan.md'), 'runsheet');
    assert.equal(formatAt('specs/001-a/tasks.md'), 'spec-kit');
    assert.equal(formatAt('apps/web/specs/unnumbered/tasks.md'), 'spec-kit');
    assert.equal(formatAt('.auto-claude/specs/001-a/implementation_plan.json'), 'auto-claude');
    assert.equal(formatAt('build-progress.txt'), 'auto-claude');
    assert.equal(formatAt('.auto-claude/specs/001-a/requirements.json'), 'auto-claude');
  });

  it('goes by the folder where tools keep lists of one name', () => {
    const { text } = planTexts['spec-kit'];
    for (const folder of ['.kiro/specs/a', '.spec-workflow/specs/a', '.claude/specs/a'])
      assert.equal(formatAt(`${folder}/tasks.md`, text), 'kiro', folder);
    assert.equal(formatAt('openspec/changes/a/tasks.md', text), 'openspec');
    assert.equal(formatAt('openspec/specs/a/tasks.md', text), null);
  });

  it('knows plans by their text where the path says nothing', () => {
    assert.equal(formatAt('notes.md', planTexts.runsheet.text), 'runsheet');
    assert.equal(formatAt('notes.md', planTexts['spec-kit'].text), 'spec-kit');
    assert.equal(formatAt('notes.json', planTexts['auto-claude'].text), 'auto-claude');
    assert.equal(formatAt('log.txt', '=== AUTO-BUILD PROGRESS ===\n'), 'auto-claude');
  });

  it('takes PLAN.md at the root only with front matter that is all ours', () => {
    const ours = '---\ntitle: T\nworkers: 2\n---\n- [ ] a\n';
    assert.equal(formatAt('PLAN.md', ours), 'runsheet');
    assert.equal(formatAt('plan.md', ours), 'runsheet');
    assert.equal(formatAt('docs/plan.md', ours), null);
    assert.equal(formatAt('PLAN.md', '---\ntitle: T\nauthor: me\n---\n- [ ] a\n'), null);
    assert.equal(formatAt('PLAN.md', '- [ ] a\n'), null);
    assert.equal(formatAt('docs/any.md', '---\nrunsheet: 1\nother: x\n---\n'), 'runsheet');
  });

  it('knows nothing else', () => {
    assert.equal(formatAt('README.md', '# Readme\n- [ ] T1 do it\n'), null);
    assert.equal(formatAt('package.json', '{"phases": []}'), null);
    assert.equal(formatAt('task_logs.json', '{"phases": {"coding": {"subtasks": []}}}'), null);
  });
});

describe('readPlan', () => {
  it('gives nothing for a file of no format, and overrides detection when asked', () => {
    const source = { path: 'a.md', text: '- [ ] T001 a\n' };
    assert.equal(readPlan(source), null);
    assert.equal(readPlan(source, formatNamed('spec-kit'))?.plans[0]?.format, 'spec-kit');
    assert.equal(formatNamed('nonsense'), null);
  });

  it('sorts problems by line', () => {
    const text =
      '- [ ] T01 a\n  - depends: T02\n- [ ] T02 b\n  - depends: T01\n- [?] T03 c\n  - files: /x\n';
    const lines = readPlan({ path: 'a.plan.md', text })?.problems.map(({ line }) => line) ?? [];
    assert.deepEqual(
      lines,
      lines.toSorted((a, b) => a - b),
    );
    assert.equal(lines.length, 3);
  });
});

describe('discoverPlans', () => {
  const file = (name: string): FolderEntry => ({ name, kind: 'file' });
  const folder = (name: string): FolderEntry => ({ name, kind: 'directory' });
  const discover = (tree: Record<string, FolderEntry[]>) =>
    discoverPlans((path) => Promise.resolve(tree[path] ?? []));

  it('looks where plans are, and not in dependencies, copies and links', async () => {
    const found = await discover({
      '': [
        file('PLAN.md'),
        folder('docs'),
        folder('node_modules'),
        folder('.auto-claude'),
        folder('copy'),
        { name: 'link', kind: 'link' },
      ],
      docs: [file('a.plan.md'), file('PLAN.md'), file('notes.md')],
      node_modules: [file('b.plan.md')],
      link: [file('c.plan.md')],
      copy: [file('.git'), file('d.plan.md')],
      '.auto-claude': [folder('specs'), folder('worktrees')],
      '.auto-claude/specs': [folder('001-a')],
      '.auto-claude/specs/001-a': [file('implementation_plan.json'), file('build-progress.txt')],
      '.auto-claude/worktrees': [file('implementation_plan.json')],
    });
    assert.deepEqual(found, [
      '.auto-claude/specs/001-a/implementation_plan.json',
      'PLAN.md',
      'docs/a.plan.md',
    ]);
  });

  it('takes a progress log only where no plan stands beside it', async () => {
    assert.deepEqual(await discover({ '': [file('build-progress.txt')] }), ['build-progress.txt']);
  });

  it('gives only paths that may be plans', async () => {
    assert.ok(mayBePlan('a/specs/b/tasks.md'));
    assert.ok(!mayBePlan('a/tasks.md'));
    assert.deepEqual(await discover({ '': [file('tasks.md'), file('README.md')] }), []);
  });
});
