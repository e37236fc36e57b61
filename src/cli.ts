import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { version } from '../package.json';
import { addCheckCommands } from './cli/checks';
import { addDecisionCommands } from './cli/decision-commands';
import { EngineAccess } from './cli/engine-access';
import { exitCodes, type Io } from './cli/io';
import { convertCommand } from './cli/convert';
import { lintCommand } from './cli/lint';
import { planCommand } from './cli/plan';
import {
  engineStatusCommand,
  engineStopCommand,
  eventsCommand,
  noEngine,
  runsCommand,
  statusCommand,
  stopCommand,
  type Asking,
} from './cli/queries';
import { replayCommand } from './cli/replay';
import { RunCommand } from './cli/run';
import { runOptionsSchema } from './cli/run-options';
import { addPermissionCommands } from './cli/permissions';
import { addReportCommands } from './cli/reports';
import { addSpecCommands } from './cli/spec-commands';
import { addSteeringCommands } from './cli/steering-commands';
import { addWorktreeCommands } from './cli/worktrees';
import { messageOf, RunsheetError } from './model/errors';

const io: Io = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  cwd: process.cwd(),
};
// Whoever reads our output may stop early, as `head` does.
process.stdout.on('error', () => process.exit());

const program = new Command('runsheet')
  .description('Runs plans of coding agents and proves their results.')
  .version(version)
  .option('--workspace <dir>', 'folder of the workspace', '.')
  .option('--json', 'print JSON', false)
  .exitOverride();

const globals = () => program.opts<{ workspace: string; json: boolean }>();
const workspace = () => {
  const folder = resolve(globals().workspace);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    return realpathSync(folder);
  return program.error(`There is no folder ${folder}. Name one with --workspace DIR.`);
};

/** Runs a command that asks the engine, and says how it ended by the exit code. */
async function asking(act: (asking: Asking) => Promise<number>): Promise<void> {
  using client = await new EngineAccess(workspace(), version).connect();
  for (const notice of client.link.welcome.notices) io.stderr(`${notice}\n`);
  process.exitCode = await act({ client, io, json: globals().json });
}

/** The same for what makes no sense to start an engine for. */
async function askingIfAlive(act: (asking: Asking) => Promise<number>): Promise<void> {
  using client = await new EngineAccess(workspace(), version).connectIfAlive();
  const { json } = globals();
  if (client === null) process.exitCode = noEngine(io, json);
  else process.exitCode = await act({ client, io, json });
}

/** The first interruption stops the runs, a second one ends the program. */
function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  return interrupted.signal;
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}

interface ConvertOptions {
  format?: string;
  plan?: string;
  to?: string;
  force: boolean;
}

program
  .command('plan [paths...]')
  .description('show plans as their files have them; needs no engine')
  .option('--format <name>', 'read the files as this format')
  .action(async (paths: string[], { format = null }: { format?: string | null }) => {
    const args = { workspace: workspace(), paths, format, json: globals().json };
    process.exitCode = await planCommand(args, io);
  });

program
  .command('lint <paths...>')
  .description('list what is wrong with plans; exit code 1 when there is an error')
  .option('--format <name>', 'read the files as this format')
  .action(async (paths: string[], { format = null }: { format?: string | null }) => {
    const args = { workspace: workspace(), paths, format, json: globals().json };
    process.exitCode = await lintCommand(args, io);
  });

program
  .command('convert <path>')
  .description('write a plan of another format as a Runsheet plan; needs no engine')
  .option('--format <name>', 'read the file as this format')
  .option('--plan <name>', 'which plan, in a file that holds several')
  .option('--to <file>', 'where to write it; else it is printed')
  .option('--force', 'replace the file when it is there', false)
  .action(async (path: string, options: ConvertOptions) => {
    const { format = null, plan: name = null, to = null, force } = options;
    const args = { workspace: workspace(), path, format, name, to, force, json: globals().json };
    process.exitCode = await convertCommand(args, io);
  });

program
  .command('run <path>')
  .description('run a plan; exit code 0 only when everything asked for is proven')
  .addOption(new Option('--subtask <id...>', 'only these subtasks').conflicts('phase'))
  .option('--phase <id...>', 'only these phases')
  .option('--workers <n>', 'how many runs at the same time', positive)
  .option('--agent <name>', 'the agent to use')
  .option('--approve-commands', 'allow the commands that the plan would run')
  .option('--approve-gates', 'approve gates when they open')
  .option('--accept-claims', 'take what the file ticks as done')
  .option('--allow-dirty', 'run from the last commit although the checkout has changes')
  .option('--no-wait', 'end with exit code 3 when a person has to decide')
  .action((path: string, options: unknown) =>
    asking(({ client, json }) => {
      const args = { workspace: workspace(), path, json, ...runOptionsSchema.parse(options) };
      return new RunCommand(client, args, io).run(untilInterrupted());
    }),
  );

program
  .command('status')
  .description('plans, runs and what waits for a person')
  .action(() => asking(statusCommand));
program
  .command('runs')
  .description('runs, newest first')
  .option('--limit <n>', 'how many', positive, 50)
  .action(({ limit }: { limit: number }) => asking((ask) => runsCommand(ask, limit)));
program
  .command('events <run>')
  .description('the story of a run')
  .action((run: string) => asking((ask) => eventsCommand(ask, run)));
program
  .command('replay <run>')
  .description('rebuild a run from its events; exit code 1 when they have gaps or differ from it')
  .action((run: string) => asking((ask) => replayCommand(ask, run)));

addPermissionCommands(program, asking);
program
  .command('stop [run]')
  .description('stop a run, or all')
  .action((run?: string) => asking((ask) => stopCommand(ask, run ?? null)));

const engine = program.command('engine').description('the process that runs plans');
engine
  .command('status')
  .description('whether it runs, and since when')
  .action(() => askingIfAlive(engineStatusCommand));
engine
  .command('stop')
  .description('end it')
  .option('--force', 'also when runs are going on', false)
  .action(({ force }: { force: boolean }) =>
    askingIfAlive((asking) => engineStopCommand(asking, force)),
  );

addCheckCommands(program, (act) => asking((ask) => act({ ...ask, workspace: workspace() })));
addDecisionCommands(program, (act) => asking((ask) => act({ ...ask, workspace: workspace() })));
addReportCommands(program, (act) => asking((ask) => act({ ...ask, workspace: workspace() })));
addSteeringCommands(program, (act) => asking((ask) => act({ ...ask, workspace: workspace() })));
addWorktreeCommands(program, asking);
addSpecCommands(program, (act) => asking((ask) => act({ ...ask, workspace: workspace() })));

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return;
  }
  const code = RunsheetError.is(error) ? error.code : 'internal';
  if (globals().json)
    io.stdout(`${JSON.stringify({ error: { code, message: messageOf(error) } })}\n`);
  io.stderr(`${messageOf(error)}\n`);
  process.exitCode = exitCodes.failed;
});
