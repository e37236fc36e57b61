import { lint } from '../language/diagnostics';
import { exitCodes, type Io } from './io';
import { problemJson } from './plan-json';
import { problemText } from './plan-text';
import { readFiles, type PlanArgs } from './plan';

/**
 * Lists what is wrong with plans; needs no engine.
 * @returns the exit code: 0; 1 when there is an error among the problems; 2 for wrong arguments.
 */
export async function lintCommand(args: PlanArgs, io: Io): Promise<number> {
  const files = await readFiles(args, io);
  if (files === null) return exitCodes.usage;
  const found = files.flatMap(({ path, reading }) =>
    lint(reading).map((problem) => ({ path, problem })),
  );
  const problems = found.map(({ path, problem }) => ({ path, ...problemJson(problem) }));
  if (args.json) io.stdout(`${JSON.stringify({ problems })}\n`);
  else
    for (const { path, problem } of found)
      io.stdout(`${problemText(problem.path ?? path, problem)}\n`);
  if (!args.json) io.stderr(summary(files.length, problems.length));
  return problems.some(({ severity }) => severity === 'error') ? exitCodes.failed : exitCodes.ok;
}

function summary(files: number, problems: number): string {
  const of = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `${of(problems, 'problem')} in ${of(files, 'file')}.\n`;
}
