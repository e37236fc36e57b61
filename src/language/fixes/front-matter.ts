import { readBacklog } from '../../formats/backlog-md/read';
import { planRef } from '../../formats/gsd/ids';
import { phaseFolderOf, stemOf, treeOf } from '../../formats/gsd/paths';
import { linesOf, type Line } from '../../formats/text';
import { asYaml, entriesByKey, yamlEntries, type YamlEntry } from '../../formats/yaml-words';
import { edit, type Fixer, type Trouble } from './fix';
import { lineGone } from './list-items';
import { subtaskAt } from './subtask-at';

/** Closes front matter behind the last of the lines that are some. */
export const closeFrontMatter: Fixer = {
  rules: ['frontmatter-unclosed'],
  // What was read as text becomes the fields that it is.
  changes: ['status', 'order', 'ids', 'facts', 'words'],
  propose({ text, path }) {
    const lines = linesOf(text);
    const end = lines.findIndex((line, index) => index > 0 && !isYaml(line));
    const last = lines[end < 0 ? lines.length - 1 : end - 1];
    if (last === undefined || last.number < 2) return [];
    const edits = [edit(path, last.end, last.end, `${lineEndOf(text)}---`)];
    return [{ title: `Close the front matter below line ${last.number}`, edits }];
  },
};

function isYaml({ text }: Line): boolean {
  return /^(?:[A-Za-z_][\w.-]*[ \t]*:(?:[ \t]|$)|[ \t]+\S|-[ \t]|#)/.test(text);
}

/** The only version that there is; what else may be missing, a person has to say. */
export const addSchemaVersion: Fixer = {
  rules: ['frontmatter-missing-key'],
  changes: ['facts'],
  propose({ text, path }) {
    const [first] = linesOf(text);
    if (first === undefined || /^schema_version[ \t]*:/m.test(text)) return [];
    const edits = [edit(path, first.end, first.end, `${lineEndOf(text)}schema_version: "1.0"`)];
    return [{ title: 'Add schema_version: "1.0"', edits }];
  },
};

/** Writes down at the top of a plan what its path says. */
export const addFrontMatter: Fixer = {
  rules: ['frontmatter-missing'],
  // What it is called comes from there, too.
  changes: ['facts', 'words'],
  propose({ text, path }) {
    const ref = planRef(stemOf(path));
    const tree = treeOf(path);
    const folder = tree === null ? null : phaseFolderOf(tree);
    const number = /(\d+[A-Za-z]?)(?:-PLAN)?$/.exec(stemOf(path))?.[1];
    if (ref === null || folder === null || number === undefined) return [];
    const eol = lineEndOf(text);
    const start = text.startsWith('\uFEFF') ? 1 : 0;
    const fields = [`phase: ${folder}`, `plan: ${number}`, 'depends_on: []'];
    const block = ['---', ...fields, '---', '', ''].join(eol);
    return [{ title: 'Add front matter after the path', edits: [edit(path, start, start, block)] }];
  },
};

/** Writes down the status that a task without one counts as. */
export const addStatus: Fixer = {
  rules: ['missing-status'],
  changes: ['status'],
  propose(trouble) {
    const { files, path, text } = trouble;
    if (files.format.name !== 'backlog-md') return [];
    const { initial } = readBacklog(files.source).words;
    const entries = frontEntries(text);
    const empty = entries.get('status');
    const anchor = (entries.get('title') ?? entries.get('id'))?.line;
    const word = asYaml(initial, '');
    const title = `Set ${subtaskAt(trouble)?.subtask.id ?? 'it'} to “${initial}”`;
    if (empty !== undefined)
      return [{ title, edits: [edit(path, empty.valueStart, empty.valueStart, ` ${word}`)] }];
    if (anchor === undefined) return [];
    const line = `${lineEndOf(text)}status: ${word}`;
    return [{ title, edits: [edit(path, anchor.end, anchor.end, line)] }];
  },
};

/** Takes the line away that names a parent which is not there. */
export const dropParent: Fixer = {
  rules: ['dangling-parent'],
  changes: ['words'],
  propose({ path, text }: Trouble) {
    const entry = frontEntries(text).get('parent_task_id');
    if (entry === undefined || entry.below.some((line) => /^[ \t]+\S/.test(line.text))) return [];
    const edits = [{ ...lineGone(text, entry.line), path }];
    return [{ title: 'Remove parent_task_id', edits }];
  },
};

function frontEntries(text: string): Map<string, YamlEntry> {
  const lines = linesOf(text);
  const close = lines.findIndex((line, index) => index > 0 && /^---[ \t]*$/.test(line.text));
  return entriesByKey(yamlEntries(lines.slice(1, Math.max(1, close))));
}

function lineEndOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}
