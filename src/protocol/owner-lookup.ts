import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  latestGeneration,
  ownerDirectory,
  ownerFileName,
  ownerFileSchema,
  type OwnerRecord,
} from '../model/owner-file';

export function databasePath(workspace: string): string {
  return join(workspace, '.runsheet', 'runsheet.db');
}

/** Who owns the workspace's database by its newest owner file, alive or not; `null`: nobody. */
export async function lookUpOwner(workspace: string): Promise<OwnerRecord | null> {
  const directory = ownerDirectory(databasePath(workspace));
  let generation: number;
  try {
    generation = latestGeneration(await readdir(directory));
    if (generation === 0) return null;
    const text = await readFile(join(directory, ownerFileName(generation)), 'utf8');
    const owner = ownerFileSchema.safeParse(JSON.parse(text));
    return owner.success && !owner.data.free ? owner.data : null;
  } catch {
    // Missing, being replaced, or half a file of another realm: nobody that we can reach.
    return null;
  }
}
