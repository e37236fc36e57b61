import type { Problem, Severity, SourceRange } from '../model/plan';

// One notion, one rule name, whatever the format.

/** Where a problem shows. */
export interface Place {
  line: number;
  range: SourceRange | null;
  /** The file, where it is not the plan's own. */
  path?: string | null;
}

/** @param expected what should stand in the place of the range, where that is beyond doubt. */
export function problem(
  severity: Severity,
  rule: string,
  at: Place,
  message: string,
  expected?: string,
): Problem {
  const where = at.path === undefined || at.path === null ? {} : { path: at.path };
  const right = expected === undefined ? {} : { expected };
  return { rule, severity, line: at.line, message, range: at.range, ...where, ...right };
}

/** `first`: the line where the id was first used, or the file. */
export function duplicateId(at: Place, id: string, first: number | string): Problem {
  const where = typeof first === 'number' ? `on line ${first}` : `in ${first}`;
  return problem(
    'error',
    'duplicate-id',
    at,
    `The id ${id} is already used ${where}. Give one of them another id; until then dependencies on ${id} mean the first.`,
  );
}

export function danglingDependency(
  at: Place,
  from: string,
  id: string,
  where = 'this file',
): Problem {
  return problem(
    'error',
    'dangling-dependency',
    at,
    `${from} depends on ${id}, which is not in ${where}. Correct the id or remove it.`,
  );
}

export function selfDependency(at: Place, id: string): Problem {
  return problem('error', 'self-dependency', at, `${id} depends on itself and can never start.`);
}

export function dependencyCycle(at: Place, path: readonly string[]): Problem {
  const shown = path.length > 12 ? [...path.slice(0, 6), '…', ...path.slice(-5)] : path;
  return problem(
    'error',
    'dependency-cycle',
    at,
    `These wait for each other and can never start: ${shown.join(' → ')}. Remove one of the dependencies.`,
  );
}

export function noTasks(message: string): Problem {
  return problem('warning', 'no-tasks', { line: 1, range: null }, message);
}

export function unknownMarker(at: Place, mark: string, known: string): Problem {
  return problem(
    'warning',
    'unknown-marker',
    at,
    `[${mark}] is no known mark; the subtask needs attention. Known marks: ${known}.`,
  );
}

/** A command that the format's own tool runs by itself; here it is text. */
export function commandNeverRun(at: Place, key: string, command: string): Problem {
  return problem(
    'info',
    'command-never-run',
    at,
    `Security notice: ${key} is a command that another tool runs by itself (${command.slice(0, 200)}). Runsheet never runs it, not even when it writes a status.`,
  );
}

export function pathOutsideWorkspace(at: Place, path: string): Problem {
  return problem(
    'error',
    'path-outside-workspace',
    at,
    `The path ${path} leaves the workspace. Use a path relative to the workspace root.`,
  );
}

/** Problems in the order of the file; of equal lines the more severe first. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const weight = { error: 0, warning: 1, info: 2 } as const;
  return problems.toSorted((a, b) => a.line - b.line || weight[a.severity] - weight[b.severity]);
}

/** Whether a path as written stays inside the folder that it is relative to. */
export function staysInside(path: string): boolean {
  const normal = path.replaceAll('\\', '/');
  if (normal.startsWith('/') || normal.startsWith('~') || /^[A-Za-z]:/.test(normal)) return false;
  if (!normal.includes('..')) return true;
  let depth = 0;
  for (const part of normal.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return false;
  }
  return true;
}
