import { RunsheetError } from '../model/errors';
import {
  displayCommand,
  fillPlaceholders,
  type CommandText,
  type Validator,
} from '../model/validator';
import { errorCode, type Files } from '../platform/files';
import { maskSecrets } from '../platform/masking';
import { insideDirectory } from '../platform/paths';
import { shellLine } from '../platform/shell';
import type { CommandLine } from '../platform/spawn';
import type { CheckContext } from './check';
import { countPassedTests } from './counted-tests';
import { finding, stopped, type Finding } from './finding';
import { lastLines } from './head-and-tail';
import type { CommandRun, CommandRunner } from './run-command';

type Config = Extract<Validator, { type: 'test_pass' }>['config'];

// What shells answer when they do not find a program; a check that did not run is no failure.
const notFound = 127;

/** Runs a command; passed when it ends with the expected exit code. */
export class TestPass {
  constructor(
    private readonly files: Files,
    private readonly commands: CommandRunner,
  ) {}

  async run(config: Config, context: CheckContext): Promise<Finding> {
    if (!context.isApproved(config.command))
      return finding(
        'skipped',
        `Not approved: "${displayCommand(config.command)}" runs only after a person has approved it.`,
        { details: { command: maskSecrets(displayCommand(config.command)) } },
      );
    const command = fillCommand(config.command, context.values);
    const cwd = await this.workingDirectory(config, context);
    const line: CommandLine = { ...programOf(command, context.env), cwd, env: context.env };
    const { marker, signal } = context;
    const limits = { timeoutMs: config.timeout_seconds * 1000, marker, signal };
    try {
      const run = await this.commands.run(line, limits);
      return judgeRun(config, command, cwd, run);
    } catch (error) {
      return finding('error', whyNotStarted(line.program, command, error), {
        details: { command: maskSecrets(displayCommand(command)), cwd },
      });
    }
  }

  private async workingDirectory(config: Config, context: CheckContext): Promise<string> {
    const path = fillPlaceholders(config.working_directory ?? '.', context.values);
    const cwd = await insideDirectory(this.files, context.directory, path);
    const real = cwd === null ? null : await this.files.resolve(cwd);
    const isFolder = real !== null && (await this.files.kind(real)) === 'directory';
    if (cwd !== null && isFolder) return cwd;
    const what = cwd === null ? 'leads out of the worktree' : 'is no folder there';
    throw new RunsheetError(
      'validation',
      `The working directory ${JSON.stringify(path)} of the check ${what}. Correct it in the plan.`,
      { field: 'working_directory', value: path },
    );
  }
}

function fillCommand(command: CommandText, values: Readonly<Record<string, string>>): CommandText {
  if (typeof command !== 'string') return command.map((part) => fillPlaceholders(part, values));
  for (const [name, value] of Object.entries(values)) {
    // A plan's own words must not become a piece of shell.
    if (!command.includes(`{${name}}`) || /^[\w@%+=:,./-]*$/.test(value)) continue;
    throw new RunsheetError(
      'validation',
      `{${name}} is ${JSON.stringify(value)} here, which a shell could misread. ` +
        `Write the check's command as a list of arguments instead of a line.`,
      { field: 'command', value: name },
    );
  }
  return fillPlaceholders(command, values);
}

function programOf(
  command: CommandText,
  env: Readonly<Record<string, string>>,
): Pick<CommandLine, 'program' | 'args' | 'verbatim'> {
  if (typeof command === 'string') return shellLine(command, env);
  const [program = '', ...args] = command;
  return { program, args };
}

function whyNotStarted(program: string, command: CommandText, error: unknown): string {
  const code = errorCode(error);
  if (code === null) throw error;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'was not found. Install it, or put it on the PATH that VS Code sees',
    EACCES: 'may not be executed. Make it executable',
  };
  const reason = reasons[code] ?? `could not be started (${code})`;
  return `The program "${program}" ${reason}, or correct the command "${displayCommand(command)}".`;
}

function judgeRun(config: Config, command: CommandText, cwd: string, run: CommandRun): Finding {
  if (run.end.kind === 'cancelled') return { ...stopped, output: run.output };
  const text = maskSecrets(displayCommand(command));
  const output = maskSecrets(run.output);
  const details = { command: text, cwd, tail: lastLines(output) };
  if (run.end.kind === 'timed_out') {
    const message = `"${text}" was stopped after ${config.timeout_seconds} s, its time limit (timeout_seconds).`;
    return finding('error', message, { output, details: { ...details, timedOut: true } });
  }
  const { code, signal } = run.end.value;
  const evidence = { exitCode: code, output, details: { ...details, signal } };
  const expected = config.expected_exit_code;
  if (code === notFound && expected !== notFound) {
    const message = `"${text}" called a program that was not found: ${lastLines(output, 1, 200)}`;
    return finding('error', message, evidence);
  }
  if (code !== expected) {
    const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with ${code}`;
    return finding('failed', `"${text}" ${how}, expected ${expected}.`, evidence);
  }
  if (config.min_tests === undefined)
    return finding('passed', `"${text}" ended with ${expected}.`, evidence);
  return judgeCount(text, config.min_tests, countPassedTests(output), run.isWhole, evidence);
}

function judgeCount(
  text: string,
  least: number,
  count: number | null,
  isWhole: boolean,
  evidence: Pick<Finding, 'exitCode' | 'output' | 'details'>,
): Finding {
  const counted = { ...evidence, details: { ...evidence.details, tests: count } };
  const cut = isWhole ? '' : ' The middle of its output was left out.';
  if (count === null)
    return finding(
      'error',
      `"${text}" succeeded, but its output does not say how many tests passed, so min_tests cannot ` +
        `be judged.${cut} Use a reporter that is understood: node:test, TAP, mocha, jest, vitest, ` +
        `pytest, cargo, go test -v.`,
      counted,
    );
  if (count >= least) return finding('passed', `"${text}": ${count} tests passed.`, counted);
  const message = `"${text}": ${count} tests passed, at least ${least} are required.${cut}`;
  return finding('failed', message, counted);
}
