/** A failure that a person can act on: printed as its message alone, without a stack. */
export class Obstacle extends Error {}

export function messageOf(error: unknown): string {
  if (error instanceof Obstacle) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
