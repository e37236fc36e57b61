import type { CommandLine } from './spawn';

/** How a shell line is started. The line itself must have been approved by a person. */
export function shellLine(
  line: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Pick<CommandLine, 'program' | 'args' | 'verbatim'> {
  if (platform !== 'win32') return { program: '/bin/sh', args: ['-c', line] };
  // With /s, cmd takes off the outer quotes and reads the rest as it stands.
  const args = ['/d', '/s', '/c', `"${line}"`];
  return { program: env['ComSpec'] ?? 'cmd.exe', args, verbatim: true };
}

/** How a command is started: a text is a shell line, a list of arguments needs no shell. */
export function startOf(
  command: string | readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Pick<CommandLine, 'program' | 'args' | 'verbatim'> {
  if (typeof command === 'string') return shellLine(command, env);
  const [program = '', ...args] = command;
  return { program, args };
}
