import assert from 'node:assert/strict';
import {
  commandIds,
  panelType,
  contextKeys,
  settingKeys,
  settingsSection,
  viewIds,
} from '../../../src/ui/command-ids.js';
import { clauses, readManifest, readText, settingNames } from './manifest.js';
import { sourceFiles } from './source-files.js';

const commands: ReadonlySet<string> = new Set(Object.values(commandIds));

const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('the manifest and the code', () => {
  it('name the same commands', () => {
    const { contributes } = readManifest();
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(commands));
  });

  it('name the same views', () => {
    const { contributes } = readManifest();
    const { container, ...views } = viewIds;
    const contributed = Object.values(contributes.views).flatMap((list) =>
      list.map(({ id }) => id),
    );
    assert.deepEqual(sorted(contributed), sorted(Object.values(views)));
    assert.deepEqual(Object.keys(contributes.views), [container]);
    assert.deepEqual(
      Object.values(contributes.viewsContainers).flatMap((list) => list.map(({ id }) => id)),
      [container],
    );
  });

  it('name the same settings', () => {
    const used = Object.values(settingKeys).map((key) => `${settingsSection}.${key}`);
    assert.deepEqual(sorted(settingNames(readManifest())), sorted(used));
  });

  it('name the same context keys', () => {
    const keys = clauses(readManifest()).flatMap(
      (clause) => clause.match(/(?<![\w.])runsheet\.\w+/g) ?? [],
    );
    const known: readonly string[] = [...Object.values(viewIds), panelType];
    const used = new Set(keys.filter((key) => !known.includes(key)));
    assert.deepEqual(sorted(used), sorted(Object.values(contextKeys)));
  });

  it('compare views and settings that exist', () => {
    const views: readonly string[] = Object.values(viewIds);
    const settings = settingNames(readManifest());
    for (const clause of clauses(readManifest())) {
      for (const [, view = ''] of clause.matchAll(/\b(?:view|focusedView) == '?([\w.]+)/g))
        assert.ok(views.includes(view), `${view} in "${clause}"`);
      for (const [, setting = ''] of clause.matchAll(/\bconfig\.([\w.]+)/g))
        assert.ok(settings.includes(setting), `${setting} in "${clause}"`);
    }
  });

  it('match tree items by words that trees use', () => {
    const trees = sourceFiles('src/ui/tree', '.ts')
      .map(({ text }) => text)
      .join('\n');
    const patterns = clauses(readManifest()).flatMap((clause) => [
      ...clause.matchAll(/\bviewItem (?:=~ \/((?:\\.|[^/])+)\/|== '?([\w-]+))/g),
    ]);
    for (const [clause, pattern, literal] of patterns) {
      const words =
        (pattern ?? literal ?? '').replace(/\\[a-z]/g, ' ').match(/[a-z][a-z_-]+/g) ?? [];
      assert.ok(words.length > 0, clause);
      for (const word of words) assert.ok(trees.includes(`'${word}'`), `${word} in "${clause}"`);
    }
  });

  it('offer only commands that exist', () => {
    const { contributes } = readManifest();
    const menus = Object.values(contributes.menus).flat();
    const offered = [
      ...menus.flatMap(({ command }) => (command === undefined ? [] : [command])),
      ...contributes.keybindings.map(({ command }) => command),
      ...[readText('package.json'), readText('package.nls.json')].flatMap((text) =>
        [...text.matchAll(/\(command:(runsheet\.[\w.]+)/g)].flatMap(([, id]) => id ?? []),
      ),
    ];
    for (const id of offered) if (id.startsWith('runsheet.')) assert.ok(commands.has(id), id);
  });
});

describe('an id', () => {
  it('is written once in the code', () => {
    const text = sourceFiles('src', '.ts', '.tsx')
      .map((file) => file.text)
      .join('\n');
    const ids: string[] = [...commands, ...Object.values(viewIds), ...Object.values(contextKeys)];
    for (const id of ids.filter((one) => one.includes('.'))) {
      assert.equal(text.split(`'${id}'`).length - 1, 1, id);
    }
  });
});

describe('the texts of the manifest', () => {
  it('are all there, and all used', () => {
    const texts: unknown = JSON.parse(readText('package.nls.json'));
    assert.ok(typeof texts === 'object' && texts !== null);
    const used = readText('package.json').matchAll(/"%([\w.-]+)%"/g);
    const keys = new Set([...used].flatMap(([, key]) => key ?? []));
    assert.deepEqual(sorted(keys), sorted(Object.keys(texts)));
  });
});

describe('the manifest', () => {
  it('does not start the extension in every window', () => {
    for (const event of readManifest().activationEvents)
      assert.doesNotMatch(event, /^(\*|onStartupFinished)$/);
  });

  it('asks for the VS Code whose types the code is compiled with', () => {
    const { engines, devDependencies } = readManifest();
    assert.equal(engines.vscode, `^${String(devDependencies['@types/vscode'])}`);
  });

  it('runs where the workspace is', () => {
    assert.deepEqual(readManifest().extensionKind, ['workspace']);
  });

  it('takes settings that choose programs from trusted workspaces only', () => {
    const { supported, restrictedConfigurations } = readManifest().capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    for (const name of restrictedConfigurations)
      assert.ok(settingNames(readManifest()).includes(name), name);
    assert.ok(restrictedConfigurations.includes(`${settingsSection}.${settingKeys.agent}`));
  });
});
