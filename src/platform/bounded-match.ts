import { createContext, Script } from 'node:vm';

const script = new Script('pattern.test(text)');
const context = createContext({});

/**
 * Whether a pattern matches; `null` when that takes longer than `limitMs`, as it can for ever. The
 * loop stands still until then: for texts that are short, and questions that cannot wait.
 */
export function matchesWithin(limitMs: number, pattern: RegExp, text: string): boolean | null {
  Object.assign(context, { pattern, text });
  try {
    return script.runInContext(context, { timeout: limitMs }) === true;
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  } finally {
    Object.assign(context, { pattern: null, text: null });
  }
}

/** The error comes from a realm of its own, whose `Error` is another one. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
