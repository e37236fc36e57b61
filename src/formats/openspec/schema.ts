import { perFile, type PlanSource, type SourceFile } from '../format';
import { linesOf, type Line } from '../text';
import { entriesByKey, wordOf, yamlEntries, type YamlEntry } from '../yaml-words';
import type { ChangePlace } from './place';

// A schema says which files a change has, and in which of them its tasks are ticked. Those of a
// project lie in `openspec/schemas/<name>/schema.yaml`.

/** What a change's schema says of its tasks. */
export interface TaskSchema {
  name: string;
  /** A path or glob below the change's folder; `null` where that cannot be found out. */
  files: string | null;
}

/** Without a file in the project these are the tool's own, with a `tasks.md` at the top. */
const ownSchemas: ReadonlySet<string> = new Set(['spec-driven', 'tdd']);

export const settingsOf = perFile(({ text }: SourceFile) =>
  entriesByKey(yamlEntries(linesOf(text))),
);

/** Of a change that names its schema, or whose project does; `null` for the tool's own. */
export function schemaOf({ others }: PlanSource, { folder, root }: ChangePlace): TaskSchema | null {
  const named = (path: string) => {
    const file = others?.get(path);
    return file === undefined ? null : (wordOf(settingsOf(file).get('schema'))?.text ?? null);
  };
  const name = named(`${folder}/.openspec.yaml`) ?? named(`${root}/config.yaml`);
  if (name === null) return null;
  const file = others?.get(`${root}/schemas/${name}/schema.yaml`);
  if (file === undefined && ownSchemas.has(name)) return null;
  return { name, files: file === undefined ? null : tracked(file) };
}

/** The files of a change in which schemas are looked for. */
export function schemaParts({ root }: ChangePlace): string[] {
  return [`${root}/config.yaml`, `${root}/schemas/*/schema.yaml`];
}

/**
 * What the artifact generates that `apply.tracks` names, by its id or its files; without that word
 * the artifact `tasks`.
 */
const tracked = perFile((file: SourceFile): string | null => {
  const top = settingsOf(file);
  const word = textIn(mapping(top.get('apply')?.below ?? []), 'tracks');
  const tracks = word === 'null' || word === '~' ? null : word;
  const artifacts = items(top.get('artifacts')?.below ?? []).map((item) => ({
    id: textIn(item, 'id'),
    generates: textIn(item, 'generates'),
  }));
  const found =
    tracks === null
      ? artifacts.find(({ id }) => id === 'tasks')
      : artifacts.find(({ id, generates }) => generates === tracks || id === tracks);
  const files = found?.generates ?? (tracks?.endsWith('.md') === true ? tracks : null);
  return files === null ? null : readableGlob(files);
});

function textIn(entries: ReadonlyMap<string, YamlEntry>, key: string): string | null {
  return wordOf(entries.get(key))?.text ?? null;
}

/** Many signs would make matching slow; no schema needs them. */
function readableGlob(files: string): string | null {
  const glob = files
    .replaceAll('\\', '/')
    .replace(/^\.\//, '')
    .replace(/\*{2,}(?!\/)/g, '*');
  return glob.length <= 200 && glob.replace(/[^*?]/g, '').length <= 6 ? glob : null;
}

function indentOf(line: Line | undefined): number {
  return line?.text.search(/\S|$/) ?? 0;
}

/** The keys of a mapping that stands further right. */
function mapping(lines: readonly Line[]): Map<string, YamlEntry> {
  const indent = indentOf(lines.find(({ text }) => /^\s*[^\s#]/.test(text)));
  return entriesByKey(
    yamlEntries(lines.map((line) => ({ ...line, text: line.text.slice(indent) }))),
  );
}

/** The mappings of a list, each with its keys. */
function items(lines: readonly Line[]): Map<string, YamlEntry>[] {
  const first = lines.find(({ text }) => /^\s*-\s/.test(text));
  const indent = indentOf(first);
  const found: Line[][] = [];
  for (const line of lines) {
    const begins = indentOf(line) === indent && /^\s*-\s/.test(line.text);
    if (begins) found.push([{ ...line, text: line.text.replace('-', ' ') }]);
    else found.at(-1)?.push(line);
  }
  return found.map(mapping);
}
