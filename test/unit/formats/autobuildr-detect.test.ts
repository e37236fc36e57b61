import assert from 'node:assert/strict';
import { autobuildrFormat } from '../../../src/formats/autobuildr/format';
import { discoverPlans, type FolderEntry } from '../../../src/formats/discovery';
import { formatOf } from '../../../src/formats/registry';
import { appSpec, autobuildrText, progressLog } from '../../support/plan-texts/autobuildr';

const formatAt = (path: string, text: string) => formatOf({ path, text })?.name ?? null;

describe('autobuildr files', () => {
  const list = '[{"description": "a", "passes": false}]';

  it('are known by their names', () => {
    for (const path of [
      'feature_list.json',
      'docs/feature_list.json',
      'runs/7/feature_list_2.json',
    ])
      assert.equal(formatAt(path, list), 'autobuildr', path);
    assert.equal(formatAt('feature_list.json', ' '), 'autobuildr');
    assert.equal(formatAt('claude-progress.txt', 'Went well.'), 'autobuildr');
    assert.equal(formatAt('a/claude-progress-2.txt', ''), 'autobuildr');
    assert.equal(formatAt('prompts/app_spec.txt', 'Build a shop.'), 'autobuildr');
    assert.equal(
      formatAt('prompts/.spec_status.json', '{"files_written": [], "feature_count": 3}'),
      'autobuildr',
    );
  });

  it('are known by their text under any other name', () => {
    assert.equal(formatAt('notes/a.json', autobuildrText.text), 'autobuildr');
    assert.equal(formatAt('log.txt', progressLog.text), 'autobuildr');
    assert.equal(formatAt('spec.txt', appSpec.text), 'autobuildr');
  });

  it('need a status in one entry where the name is a common one', () => {
    assert.equal(
      formatAt('features.json', '[{"id": "a"}, {"id": "b", "state": "wip"}]'),
      'autobuildr',
    );
    assert.equal(formatAt('features-web.json', '[{"name": "a", "status": "done"}]'), 'autobuildr');
    assert.equal(formatAt('features.json', '[{"name": "a", "title": "A"}]'), null);
    const asked = (path: string) => autobuildrFormat.read({ path, text: '[{"name": "a"}]' }).kind;
    assert.deepEqual(
      [asked('web-features.json'), asked('signatures.json')],
      ['feature_list', 'none'],
    );
  });

  it('are not taken from others', () => {
    assert.equal(formatAt('features.json', '{"features": [{"name": "Fast", "icon": "x"}]}'), null);
    assert.equal(formatAt('feature_list.json', '{"a": 1}'), null);
    assert.equal(formatAt('data.json', '[{"name": "x", "status": "done"}]'), null);
    assert.equal(formatAt('prompts/coding_prompt.md', '## Feature #1: x\n'), null);
    assert.equal(formatAt('docs/format.md', appSpec.text), null);
    const none = { kind: 'none', plans: [], problems: [], facts: {} };
    assert.deepEqual(autobuildrFormat.read({ path: 'STATUS.md', text: '133/133' }), none);
  });

  it('are one plan where they stand together', async () => {
    const files = new Set([
      ...['feature_list.json', 'claude-progress.txt', 'prompts/app_spec.txt', 'other/app_spec.txt'],
      ...['web/docs/feature_list.json', 'web/claude-progress.md'],
    ]);
    const list = (folder: string): Promise<FolderEntry[]> => {
      const below = folder === '' ? '' : `${folder}/`;
      const names = [...files].filter((path) => path.startsWith(below));
      const entries = names.map((path): FolderEntry => {
        const [name = '', ...rest] = path.slice(below.length).split('/');
        return { name, kind: rest.length > 0 ? 'directory' : 'file' };
      });
      return Promise.resolve([...new Map(entries.map((entry) => [entry.name, entry])).values()]);
    };
    assert.deepEqual(await discoverPlans(list), [
      'feature_list.json',
      'other/app_spec.txt',
      'web/docs/feature_list.json',
    ]);
    assert.ok(autobuildrFormat.parts('feature_list.json').includes('prompts/app_spec.txt'));
    assert.ok(
      autobuildrFormat.parts('web/docs/feature_list.json').includes('web/claude-progress.md'),
    );
    assert.deepEqual(autobuildrFormat.parts('feature_list_old.json'), []);
  });
});
