// Where a tasks.md lies, by its path alone: `openspec/changes/<id>/tasks.md`, or deeper where a
// schema of its own has several; finished changes lie below `archive`.

export interface ChangePlace {
  /** The change's folder, without `/` at its end. */
  folder: string;
  /** The folder `openspec` in which it lies. */
  root: string;
  /** As its folder is called, without the date that archiving puts before it. */
  id: string;
  isArchived: boolean;
}

const change = /^(?:.*\/)?openspec\/changes\/(?!archive(?:\/|$))([^/]+)(?=\/|$)/;
const archivedChange = /^(?:.*\/)?openspec\/changes\/archive\/([^/]+)(?=\/|$)/;

/** The change to which a path belongs; `null` when it belongs to none. */
export function changeOf(path: string): ChangePlace | null {
  const archived = archivedChange.exec(path);
  const match = archived ?? change.exec(path);
  const [folder, name = ''] = match ?? [];
  // A file beside the changes is no change.
  if (folder === undefined || (folder === path && /\.[a-z]+$/i.test(name))) return null;
  const id = archived === null ? name : name.replace(/^\d{4}-\d{2}-\d{2}-(?=.)/, '');
  const root = folder.slice(0, folder.lastIndexOf('/changes/'));
  return { folder, root, id, isArchived: archived !== null };
}

/** `add-user-search` as a title. */
export function readable(id: string): string {
  const words = id.replace(/[-_]+/g, ' ').trim();
  return words === '' ? id : words.charAt(0).toUpperCase() + words.slice(1);
}
