import { RunsheetError } from '../model/errors';
import { displayCommand, fillPlaceholders, type CommandText } from '../model/validator';
import { errorCode, type Files } from '../platform/files';
import { maskSecrets } from '../model/secrets';
import { insideDirectory } from '../platform/paths';
import { startOf } from '../platform/shell';
import type { CommandLine } from '../platform/spawn';
import type { CheckContext } from './check';
import { finding, stopped, type Finding } from './finding';
import { lastLines } from './head-and-tail';
import type { CommandRun, CommandRunner } from './run-command';

/** What every check says that runs a command. */
export interface CommandConfig {
  command: CommandText;
  expected_exit_code: number;
  timeout_seconds: number;
  working_directory?: string | undefined;
}

/** A command that ran to its own end. */
export interface EndedCommand {
  kind: 'ended';
  /** As people read it, secrets masked. */
  text: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Secrets masked; the middle of a long one is left out unless `isWhole`. */
  output: string;
  isWhole: boolean;
  evidence: Pick<Finding, 'exitCode' | 'output' | 'details'>;
}

// What shells answer when they do not find a program; a check that did not run is no failure.
const notFound = 127;

/** Runs the command of a check, once a person has approved it. */
export class CommandCheck {
  constructor(
    private readonly files: Files,
    private readonly commands: CommandRunner,
  ) {}

  /** The command's end, or the finding that follows from its not having one. */
  async run(
    config: CommandConfig,
    context: CheckContext,
  ): Promise<EndedCommand | { kind: 'finding'; finding: Finding }> {
    if (!context.isApproved(config.command))
      return { kind: 'finding', finding: unapproved(config) };
    const command = fillCommand(config.command, context.values);
    const cwd = await this.workingDirectory(config, context);
    const line: CommandLine = { ...startOf(command, context.env), cwd, env: context.env };
    const { marker, signal, pause, time } = context;
    const limits = { timeoutMs: config.timeout_seconds * 1000, marker, signal, pause, time };
    try {
      return endOf(config, command, cwd, await this.commands.run(line, limits));
    } catch (error) {
      const details = { command: maskSecrets(displayCommand(command)), cwd };
      const message = whyNotStarted(line.program, command, error);
      return { kind: 'finding', finding: finding('error', message, { details }) };
    }
  }

  private async workingDirectory(config: CommandConfig, context: CheckContext): Promise<string> {
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

/** The finding for an exit code that was not expected; `null` for the expected one. */
export function unexpectedExit(end: EndedCommand, expected: number): Finding | null {
  return notRun(end, expected) ?? (end.code === expected ? null : otherExit(end, expected));
}

/** The finding when the shell did not find the program; `null` when it ran. */
export function notRun({ code, text, output, evidence }: EndedCommand, expected: number) {
  if (code !== notFound || expected === notFound) return null;
  const message = `"${text}" called a program that was not found: ${lastLines(output, 1, 200)}`;
  return finding('error', message, evidence);
}

function otherExit({ text, code, signal, evidence }: EndedCommand, expected: number): Finding {
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with ${code}`;
  return finding('failed', `"${text}" ${how}, expected ${expected}.`, evidence);
}

function unapproved({ command }: CommandConfig): Finding {
  const text = maskSecrets(displayCommand(command));
  return finding(
    'skipped',
    `Not approved: "${displayCommand(command)}" runs only after a person has approved it.`,
    { details: { command: text } },
  );
}

function endOf(
  config: CommandConfig,
  command: CommandText,
  cwd: string,
  run: CommandRun,
): EndedCommand | { kind: 'finding'; finding: Finding } {
  if (run.end.kind === 'cancelled')
    return { kind: 'finding', finding: { ...stopped, output: run.output } };
  const text = maskSecrets(displayCommand(command));
  const output = maskSecrets(run.output);
  const details = { command: text, cwd, tail: lastLines(output) };
  if (run.end.kind === 'timed_out') {
    const message = `"${text}" was stopped after ${config.timeout_seconds} s, its time limit (timeout_seconds).`;
    const evidence = { output, details: { ...details, timedOut: true } };
    return { kind: 'finding', finding: finding('error', message, evidence) };
  }
  const { code, signal } = run.end.value;
  const evidence = { exitCode: code, output, details: { ...details, signal } };
  return { kind: 'ended', text, code, signal, output, isWhole: run.isWhole, evidence };
}

function fillCommand(command: CommandText, values: Readonly<Record<string, string>>): CommandText {
  if (typeof command !== 'string') {
    if (isShell(command[0] ?? '')) requirePlain(command.join('\n'), values);
    return command.map((part) => fillPlaceholders(part, values));
  }
  requirePlain(command, values);
  return fillPlaceholders(command, values);
}

function isShell(program: string): boolean {
  const name = program.split(/[\\/]/).at(-1) ?? '';
  return /^(?:(?:[bd]?a|z|[kc]|tc|fi)?sh|cmd|powershell|pwsh)(?:\.exe)?$/i.test(name);
}

/** A plan's own words must not become a piece of shell. */
function requirePlain(command: string, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!command.includes(`{${name}}`) || /^[\w@%+=:,./-]*$/.test(value)) continue;
    throw new RunsheetError(
      'validation',
      `{${name}} is ${JSON.stringify(value)} here, which a shell could misread. ` +
        `Write the check's command as a list of arguments, without a shell.`,
      { field: 'command', value: name },
    );
  }
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
