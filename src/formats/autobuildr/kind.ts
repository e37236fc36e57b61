import type { Node } from 'jsonc-parser';
import { readDocument } from '../json-document';
import { baseName } from '../text';
import { listOf, statusFieldOf } from './document';
import type { SourceFile } from '../format';

/** What a file of this family is. */
export type Kind = 'feature_list' | 'progress_log' | 'app_spec' | 'spec_status' | 'none';

const listName = /(?:feature_list|(?<![a-z])features)[^/]*\.json$/i;
const logName = /claude-progress[^/]*\.(?:txt|md)$/i;
const specName = /app_spec[^/]*\.txt$/i;

/** By the name, as a file of this family that was asked for. */
export function kindOf({ path, text }: SourceFile): Kind {
  const name = baseName(path);
  if (logName.test(name)) return 'progress_log';
  if (specName.test(name)) return 'app_spec';
  if (/\.json$/i.test(name)) {
    if (name.endsWith('.spec_status.json') || isSpecStatus(text)) return 'spec_status';
    return listName.test(name) || isList(text) ? 'feature_list' : 'none';
  }
  if (!/\.txt$/i.test(name)) return 'none';
  if (text.includes('<project_specification')) return 'app_spec';
  return /^#{2,6}\s+\W{0,8}Feature #\d/m.test(text) ? 'progress_log' : 'none';
}

/** Whether a file that was not asked for belongs to this family. */
export function isOwn({ path, text }: SourceFile): boolean {
  const name = baseName(path);
  if (/^feature_list(?:_[^/]*)?\.json$/i.test(name)) return text.trim() === '' || !isOther(text);
  const kind = kindOf({ path, text });
  if (kind !== 'feature_list') return kind !== 'none';
  return isList(text, /^features[^/]*\.json$/i.test(name));
}

/** JSON without a list of features. */
function isOther(text: string): boolean {
  const { document } = readDocument(text);
  return document !== null && listOf(document) === null;
}

function isSpecStatus(text: string): boolean {
  if (!text.includes('"feature_count"')) return false;
  const { document } = readDocument(text);
  return (
    document !== null &&
    ['files_written', 'feature_count'].every((key) => document.members.has(key))
  );
}

/** A list of entries that are features; a name says that its entries with a status are. */
function isList(text: string, isNamed = false): boolean {
  if (!/"(?:passes|status|state|steps)"/.test(text)) return false;
  const { document } = readDocument(text);
  const list = document === null ? null : listOf(document);
  return (
    list?.entries.some(
      ({ members }) =>
        (isNamed && statusFieldOf(members) !== null) ||
        isFeature(members, list.root.type === 'object'),
    ) ?? false
  );
}

/** Whether an entry tells of a feature and how far it is; of a bare array `status` says little. */
function isFeature(members: ReadonlyMap<string, Node>, isNamed: boolean): boolean {
  if (!['title', 'name', 'description'].some((key) => members.has(key))) return false;
  if (members.get('passes')?.type === 'boolean') return true;
  if (members.get('steps')?.type === 'array' && members.has('category')) return true;
  return isNamed && statusFieldOf(members) !== null;
}
