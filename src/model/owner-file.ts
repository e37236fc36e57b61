import { z } from 'zod';

// The lock files beside the database: `<database>.owner/00000007.json`. The file with the highest
// number is the lock; files are only created, never rewritten.

const heldSchema = z.object({
  free: z.literal(false).default(false),
  generation: z.int().min(1),
  /** Boot and namespaces: sockets and process ids mean the same only within one realm. */
  realm: z.string(),
  host: z.string(),
  pid: z.int(),
  /** The first message on the socket must carry it. */
  token: z.string().min(16),
  /** Path of the socket, or name of the pipe. */
  endpoint: z.string(),
  acquiredAt: z.string(),
});
export type OwnerRecord = z.infer<typeof heldSchema>;

const freeSchema = z.object({ free: z.literal(true), generation: z.int().min(1) });

/** What an owner file holds: a living or dead owner, or word that the database is free. */
export const ownerFileSchema = z.union([freeSchema, heldSchema]);
export type OwnerFile = z.infer<typeof ownerFileSchema>;

export function ownerDirectory(databasePath: string): string {
  return `${databasePath}.owner`;
}

export function ownerFileName(generation: number): string {
  return `${String(generation).padStart(8, '0')}.json`;
}

/** The number in an owner file's name; `null` for other files. */
export function generationOf(fileName: string): number | null {
  const digits = /^(\d{8,})\.json$/.exec(fileName)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The highest generation among file names; 0 when there is none. */
export function latestGeneration(fileNames: readonly string[]): number {
  return Math.max(0, ...fileNames.map((name) => generationOf(name) ?? 0));
}

/** The line that asks whether an owner lives; answered by the sha256 of its token, in hex. */
export const probeLine = 'RUNSHEET PROBE\n';
/** The line that opens a connection: followed by a JSON hello and a line feed. */
export const helloPrefix = 'RUNSHEET HELLO ';
