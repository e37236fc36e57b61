/** One use of a tool as the agent describes it, before or while it happens. */
export interface ToolCall {
  /** The tool's own name, where the agent tells it. */
  name: string | null;
  /** In the words of the Agent Client Protocol: read, edit, delete, move, search, execute, … */
  kind: string;
  title: string;
  /** What the tool is called with; `null`: the agent does not tell. */
  input: unknown;
  /** The files that it is about, as the agent writes them. */
  locations: readonly string[];
  /** What it would change, where the agent shows that beside its input. */
  content?: readonly unknown[] | undefined;
}

/** What tools of the usual names do, for agents that tell a name and no kind. */
const kindsByName: Readonly<Record<string, string>> = {
  ...named('read', 'read view cat read_file read_many_files readfile notebookread'),
  ...named('edit', 'edit multiedit write create notebookedit replace apply_patch applypatch patch'),
  ...named('edit', 'write_file writefile edit_file str_replace str_replace_editor insert'),
  ...named('execute', 'bash shell execute powershell run_shell_command run_command terminal exec'),
  ...named('search', 'grep glob ls list list_directory search search_file_content find'),
  ...named('fetch', 'webfetch websearch web_fetch google_web_search fetch'),
  ...named('delete', 'delete delete_file remove rm'),
  ...named('move', 'move move_file rename mv'),
  ...named('think', 'think todowrite todo_write write_todos todoread'),
};

function named(kind: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}

/** What a tool of this name does; `null` for names that are not usual. */
export function kindOfName(name: string): string | null {
  return kindsByName[name.toLowerCase()] ?? null;
}

const changing = new Set(['edit', 'delete', 'move', 'execute']);

/** What the call does; of its kind and what its name says, that which changes more. */
export function kindOf({ kind, name }: Pick<ToolCall, 'kind' | 'name'>): string {
  const byName = name === null ? null : kindOfName(name);
  if (byName === null) return kind.toLowerCase();
  return kind === 'other' || changing.has(byName) ? byName : kind.toLowerCase();
}

/** Every text of a JSON value: what its keys and its values say. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsIn(one)]);
}

const pathKeys = new Set([
  ...['path', 'paths', 'file', 'files', 'filepath', 'filepaths', 'filename', 'filenames'],
  ...['absolutepath', 'relativepath', 'notebookpath', 'outputpath', 'targetfile', 'uri', 'url'],
  ...['dir', 'directory', 'dirpath', 'directorypath', 'folder', 'cwd', 'workdir'],
  ...['workingdirectory', 'root', 'rootdir', 'oldpath', 'newpath', 'from', 'to', 'src', 'dest'],
  ...['source', 'sourcepath', 'destination', 'destinationpath', 'target', 'targetpath'],
]);
const patchHeader = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gmu;

/** The paths that a call names: its locations, and in its input what stands where paths stand. */
export function pathsOf({ locations, input }: Pick<ToolCall, 'locations' | 'input'>): string[] {
  return [...new Set([...locations, ...pathsIn(input, false)])];
}

function pathsIn(value: unknown, isPath: boolean): string[] {
  if (typeof value === 'string') {
    const patched = [...value.matchAll(patchHeader)].map((match) => match[1]?.trim() ?? '');
    return isPath && !/^https?:/iu.test(value) && !value.includes('\n') ? [value] : patched;
  }
  if (Array.isArray(value)) return value.flatMap((one) => pathsIn(one, isPath));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) => {
    const plain = key.toLowerCase().replaceAll(/[_-]/gu, '');
    // Some tools list changes by their files.
    const byFile = plain === 'changes' && typeof one === 'object' && one !== null;
    const keys = byFile && !Array.isArray(one) ? Object.keys(one) : [];
    return [...keys, ...pathsIn(one, pathKeys.has(plain))];
  });
}
