import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { convertPlan } from '../formats/convert/convert';
import { planReference } from '../model/plan';
import { exitCodes, type Io } from './io';
import { problemText } from './plan-text';
import { readFiles, type PlanArgs } from './plan';

export interface ConvertArgs extends Omit<PlanArgs, 'paths'> {
  path: string;
  /** Of the plan, in a file that holds several; `null`: the only one. */
  name: string | null;
  /** Where it is written; `null`: to stdout. */
  to: string | null;
  /** Whether a file that is there may be replaced. */
  force: boolean;
}

/**
 * Writes a plan of another format as a Runsheet plan; needs no engine. What could not be carried
 * over is told on stderr.
 * @returns the exit code: 0; 1 when there is no such plan, or the file is there; 2 for wrong words.
 */
export async function convertCommand(args: ConvertArgs, io: Io): Promise<number> {
  const files = await readFiles({ ...args, paths: [args.path] }, io);
  if (files === null) return exitCodes.usage;
  const plans = files.flatMap(({ path, reading }) => reading.plans.map((plan) => ({ path, plan })));
  const wanted = plans.filter(({ plan }) => args.name === null || plan.name === args.name);
  const [only, another] = wanted;
  if (only === undefined || another !== undefined) {
    for (const { path, reading } of files)
      for (const problem of reading.problems)
        io.stderr(`${problemText(problem.path ?? path, problem)}\n`);
    const names = plans.map(({ path, plan }) => planReference(path, plan.name)).join(', ');
    io.stderr(names === '' ? 'No plan there.\n' : `Name one plan with --plan: ${names}.\n`);
    return exitCodes.failed;
  }
  const from = planReference(only.path, only.plan.name);
  const { text, notCarried } = convertPlan(only.plan, from);
  for (const line of notCarried) io.stderr(`${line}\n`);
  if (args.to !== null) return save(resolve(io.cwd, args.to), text, args.force, io);
  io.stdout(args.json ? `${JSON.stringify({ from, text, notCarried })}\n` : text);
  return exitCodes.ok;
}

async function save(path: string, text: string, force: boolean, io: Io): Promise<number> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
    return exitCodes.ok;
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = error instanceof Error ? error.message : String(error);
    io.stderr(isThere ? `${path} is there already. Use --force to replace it.\n` : `${reason}\n`);
    return exitCodes.failed;
  }
}
