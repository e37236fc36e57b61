import { formatNamed, formats } from '../formats/registry';
import { exitCodes, type Io } from './io';
import { PlanFiles, type ReadFile } from './plan-files';
import { plansJson } from './plan-json';
import { planText } from './plan-text';

/** Arguments of `plan`. Absolute `workspace`; `paths` as typed. */
export interface PlanArgs {
  workspace: string;
  /** Empty: the plans found in the workspace. */
  paths: readonly string[];
  /** Overrides detection. */
  format: string | null;
  json: boolean;
}

/**
 * Shows plans as their files have them; needs no engine.
 * @returns the exit code: 0; 1 when a path that was named cannot be read; 2 for a wrong format name.
 */
export async function planCommand(args: PlanArgs, io: Io): Promise<number> {
  const files = await readFiles(args, io);
  if (files === null) return exitCodes.usage;
  const plans = files.flatMap(plansJson);
  if (args.json) io.stdout(`${JSON.stringify({ plans })}\n`);
  else if (plans.length > 0) io.stdout(`${plans.map(planText).join('\n\n')}\n`);
  else io.stderr(args.paths.length > 0 ? 'No plan there.\n' : 'No plan found in the workspace.\n');
  return files.some(isUnreadable) ? exitCodes.failed : exitCodes.ok;
}

/** The files that the arguments name; `null`, said on stderr, for a format that is not known. */
export async function readFiles(args: PlanArgs, io: Io): Promise<ReadFile[] | null> {
  const format = args.format === null ? null : formatNamed(args.format);
  if (args.format !== null && format === null) {
    const known = formats.map(({ name }) => name).join(', ');
    io.stderr(`The format ${args.format} is not known. Known formats: ${known}.\n`);
    return null;
  }
  const files = new PlanFiles(args.workspace, io.cwd, format);
  if (args.paths.length === 0) return files.inWorkspace();
  const found: ReadFile[] = [];
  for (const path of args.paths) for (const file of await files.at(path)) found.push(file);
  return found;
}

const unreadable = new Set([
  'not-found',
  'not-readable',
  'unknown-format',
  'path-outside-workspace',
]);

function isUnreadable({ reading }: ReadFile): boolean {
  return reading.plans.length === 0 && reading.problems.some(({ rule }) => unreadable.has(rule));
}
