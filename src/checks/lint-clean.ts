import type { ConfigOf } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { CheckContext } from './check';
import { unexpectedExit, type CommandCheck, type EndedCommand } from './command-check';
import { finding, stopped, type Finding } from './finding';
import { searchLines } from './pattern-search';

const shown = 20;

/** Passed when a command ends with the expected exit code and prints no line that is an error. */
export async function lintClean(
  commands: CommandCheck,
  clock: Clock,
  config: ConfigOf<'lint_clean'>,
  context: CheckContext,
): Promise<Finding> {
  const end = await commands.run(config, context);
  if (end.kind === 'finding') return end.finding;
  const unexpected = unexpectedExit(end, config.expected_exit_code);
  if (unexpected !== null) return unexpected;
  const { error_pattern: pattern } = config;
  if (pattern !== undefined) return searchOutput(end, pattern, clock, context);
  return finding('passed', `"${end.text}" ended with ${config.expected_exit_code}.`, end.evidence);
}

async function searchOutput(
  { text, output, isWhole, evidence }: EndedCommand,
  pattern: string,
  clock: Clock,
  { signal }: CheckContext,
): Promise<Finding> {
  const lines = output.split(/\r?\n/);
  const result = await searchLines([pattern], '', lines, { clock, signal });
  const quoted = JSON.stringify(pattern);
  if (result.kind === 'cancelled') return stopped;
  if (result.kind === 'timed_out') {
    const message = `The pattern ${quoted} took too long; write it without nested repetitions.`;
    return finding('error', message, evidence);
  }
  const found = result.matches.map(({ line }) => lines[line] ?? '');
  const details = { ...evidence.details, pattern, matches: found.slice(0, shown) };
  const [first] = found;
  if (first !== undefined) {
    const more = found.length === 1 ? '' : ` and ${found.length - 1} more lines`;
    const message = `"${text}" printed ${JSON.stringify(first.slice(0, 200))}${more}, which ${quoted} calls an error.`;
    return finding('failed', message, { ...evidence, details });
  }
  if (isWhole)
    return finding('passed', `"${text}" printed no line that matches ${quoted}.`, {
      ...evidence,
      details,
    });
  const message = `"${text}" printed more than can be kept, so nobody can say that no line matches ${quoted}. Let it print less.`;
  return finding('error', message, { ...evidence, details });
}
