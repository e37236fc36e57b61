import { InvalidArgumentError, type Command } from 'commander';
import {
  decideEscalationCommand,
  deleteRouteCommand,
  escalateCommand,
  escalationsCommand,
  rejectCommand,
  rejectionsCommand,
  routesCommand,
  setRouteCommand,
  settleRejectionCommand,
  type PlaceAsking,
  type RouteOptions,
} from './decisions';
import { gateCommand, type GateOptions } from './gates';
import {
  decideFiringCommand,
  deleteTriggerCommand,
  fireTriggerCommand,
  setTriggerCommand,
  triggersCommand,
  workflowCommand,
} from './triggers';

/** Runs a command that asks the engine. */
type Ask = (act: (asking: PlaceAsking) => Promise<number>) => Promise<void>;

function rounds(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 20) return number;
  throw new InvalidArgumentError('It must be a whole number from 1 to 20.');
}

/** The commands about gates, rejections, escalations, routes and triggers. */
export function addDecisionCommands(program: Command, ask: Ask): void {
  program
    .command('gate <id> <decision>')
    .description('approve, reject, override, reopen or open a gate; history tells what was decided')
    .option('--reason <text>', 'why', '')
    .option('--subtask <key...>', 'with reject: the subtasks that it is about')
    .option('--type <type>', 'with --subtask: style, mechanics, clarity, scope, other')
    .action((id: string, word: string, options: GateOptions) =>
      ask((asking) => gateCommand(asking, id, word, options)),
    );
  addRejectionCommands(program, ask);
  addEscalationCommands(program, ask);
  addRouteCommands(program, ask);
  addTriggerCommands(program, ask);
}

function addRejectionCommands(program: Command, ask: Ask): void {
  program
    .command('reject <plan> <key>')
    .description('send the work on a subtask back')
    .requiredOption('--reason <text>', 'what is wrong; the agent is told')
    .option('--type <type>', 'style, mechanics, clarity, scope, other, or a word of yours', 'other')
    .action((plan: string, key: string, words: { type: string; reason: string }) =>
      ask((asking) => rejectCommand(asking, [plan, key], words)),
    );
  const rejections = program
    .command('rejections')
    .description('what was held against a subtask: list, withdraw, override');
  rejections
    .command('list <plan> <key>')
    .description('all rejections of a subtask')
    .action((plan: string, key: string) => ask((asking) => rejectionsCommand(asking, plan, key)));
  for (const [word, resolution, description] of [
    ['withdraw', 'withdrawn', 'take a rejection back'],
    ['override', 'overridden', 'pass over a rejection'],
  ] as const) {
    rejections
      .command(`${word} <id>`)
      .description(description)
      .requiredOption('--reason <text>', 'why')
      .action((id: string, { reason }: { reason: string }) =>
        ask((asking) => settleRejectionCommand(asking, id, resolution, reason)),
      );
  }
}

function addEscalationCommands(program: Command, ask: Ask): void {
  const escalations = program
    .command('escalations')
    .description('what asks for a person')
    .option('--all', 'also what is settled', false)
    .action(({ all }: { all: boolean }) => ask((asking) => escalationsCommand(asking, all)));
  escalations
    .command('ack <id>')
    .description('say that you have seen it')
    .action((id: string) =>
      ask((asking) => decideEscalationCommand(asking, id, { decision: 'acknowledge' })),
    );
  escalations
    .command('resolve <id>')
    .description('settle it')
    .requiredOption('--resolution <text>', 'what was decided; with --again the agent is told')
    .option('--again', 'try the subtask once more', false)
    .action((id: string, words: { resolution: string; again: boolean }) =>
      ask((asking) => decideEscalationCommand(asking, id, { decision: 'resolve', ...words })),
    );
  escalations
    .command('cancel <id>')
    .description('it does not matter any more')
    .requiredOption('--reason <text>', 'why')
    .action((id: string, { reason }: { reason: string }) =>
      ask((asking) => decideEscalationCommand(asking, id, { decision: 'cancel', reason })),
    );
  program
    .command('escalate <plan> <key>')
    .description('ask a person about a subtask: nothing is run for it until that is settled')
    .requiredOption('--reason <text>', 'what is to be decided')
    .option('--to <whom>', 'person, or person:NAME', 'person')
    .action((plan: string, key: string, words: { reason: string; to: string }) =>
      ask((asking) => escalateCommand(asking, [plan, key], words)),
    );
}

function addRouteCommands(program: Command, ask: Ask): void {
  const routing = program
    .command('routing')
    .description('where rejected work goes')
    .action(() => ask(routesCommand));
  routing
    .command('set <type>')
    .description('make or change the rule for a type; _default is for all others')
    .option('--plan <path>', 'for this plan alone')
    .option('--to <handler>', 'same_run, agent_spec or person')
    .option('--spec <name>', 'with agent_spec: who handles it')
    .option('--rounds <n>', 'how many open rejections are too many', rounds)
    .option('--escalate-to <whom>', 'person, or person:NAME')
    .option('--enabled', 'switch the rule on')
    .option('--no-enabled', 'switch the rule off')
    .action((type: string, options: RouteOptions) =>
      ask((asking) => setRouteCommand(asking, type, options)),
    );
  routing
    .command('delete <type>')
    .description('delete the rule for a type')
    .option('--plan <path>', 'of this plan')
    .action((type: string, options: { plan?: string }) =>
      ask((asking) => deleteRouteCommand(asking, type, options)),
    );
}

function addTriggerCommands(program: Command, ask: Ask): void {
  const triggers = program
    .command('triggers')
    .description('what starts when something else has happened, and what has fired')
    .action(() => ask(triggersCommand));
  triggers
    .command('set <file>')
    .description('save the triggers of a JSON file under their names')
    .action((file: string) => ask((asking) => setTriggerCommand(asking, file)));
  triggers
    .command('delete <name>')
    .description('delete a trigger; its firings stay')
    .action((name: string) => ask((asking) => deleteTriggerCommand(asking, name)));
  triggers
    .command('fire <name>')
    .description('let a trigger fire now')
    .action((name: string) => ask((asking) => fireTriggerCommand(asking, name)));
  for (const word of ['confirm', 'decline'] as const) {
    triggers
      .command(`${word} <id>`)
      .description(word === 'confirm' ? 'say yes to what has fired' : 'say no to what has fired')
      .action((id: string) => ask((asking) => decideFiringCommand(asking, id, word)));
  }
  triggers
    .command('workflow <plan> [type]')
    .description('name the kind of work that a plan is; without a type, take the name away')
    .action((plan: string, type?: string) =>
      ask((asking) => workflowCommand(asking, plan, type ?? null)),
    );
}
