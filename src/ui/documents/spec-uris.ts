import { Uri } from 'vscode';
import { z } from 'zod';

/** Documents of specs; `contributes.jsonValidation` knows them by their ending. */
export const specScheme = 'runsheet-spec';
const subtaskSchema = z.tuple([z.string(), z.string()]);
const ending = '.agent-spec.json';

/** The spec of a name, or that of a subtask. */
export type SpecPlace = { name: string } | { planId: string; key: string };

/** The path is what the tab shows. */
export function specUri(place: SpecPlace): Uri {
  const title = 'name' in place ? place.name : place.key;
  const query = 'name' in place ? '' : JSON.stringify([place.planId, place.key]);
  const path = `/${title.replace(/[^\w.-]+/g, '-')}${ending}`;
  return Uri.from({ scheme: specScheme, path, query });
}

/** `null` for an address that is none of ours, e.g. that of a folder. */
export function specPlaceOf({ path, query }: Uri): SpecPlace | null {
  if (!path.endsWith(ending)) return null;
  if (query === '') return { name: path.slice(1, -ending.length) };
  const [planId, key] = subtaskSchema.parse(JSON.parse(query));
  return { planId, key };
}
