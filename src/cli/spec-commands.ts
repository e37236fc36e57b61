import { InvalidArgumentError, type Command } from 'commander';
import { agentResumeCommand, agentsCommand } from './agents';
import { budgetListCommand, budgetSetCommand, type BudgetOptions } from './budget';
import {
  specDeriveCommand,
  specEditCommand,
  specListCommand,
  specRetireCommand,
  specSetCommand,
  specShowCommand,
  type SpecAsking,
} from './spec';

/** Runs a command that asks the engine. */
type Ask = (act: (asking: SpecAsking) => Promise<number>) => Promise<void>;

function revision(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number; 0 means that there is none yet.');
}

/** The commands about specs, budgets and agents. */
export function addSpecCommands(program: Command, ask: Ask): void {
  const spec = program.command('spec').description('what runs are asked, and when they are done');
  spec
    .command('list')
    .description('the specs that are set')
    .option('--all', 'also derived and retired ones', false)
    .option('--tag <tag>', 'only those with the tag')
    .action((options: { all: boolean; tag?: string }) =>
      ask((asking) => specListCommand(asking, options)),
    );
  spec
    .command('show <name> [key]')
    .description('a spec by NAME or NAME@REVISION, or of a subtask by PLAN KEY, with its rules')
    .action((name: string, key?: string) => ask((asking) => specShowCommand(asking, name, key)));
  spec
    .command('set <file>')
    .description('set a spec from a JSON file: a new name, or the next revision')
    .option('--expect <revision>', 'refuse when the current revision is another one', revision)
    .action((file: string, { expect }: { expect?: number }) =>
      ask((asking) => specSetCommand(asking, file, expect)),
    );
  spec
    .command('derive <plan> <key>')
    .description('what the rules make of a subtask')
    .action((plan: string, key: string) => ask((asking) => specDeriveCommand(asking, plan, key)));
  spec
    .command('edit <name> [key]')
    .description('print the JSON of a spec, by NAME or PLAN KEY, to change and set again')
    .action((name: string, key?: string) => ask((asking) => specEditCommand(asking, name, key)));
  spec
    .command('retire <name>')
    .description('use a spec no more; its revisions stay')
    .option('--reason <text>', 'why', '')
    .action((name: string, { reason }: { reason: string }) =>
      ask((asking) => specRetireCommand(asking, name, reason)),
    );
  addBudgetCommands(program, ask);
  addAgentCommands(program, ask);
}

function addBudgetCommands(program: Command, ask: Ask): void {
  const budget = program
    .command('budget')
    .description('what the day, plans and subtasks may use, and have used')
    .action(() => ask(budgetListCommand));
  budget
    .command('set <for...>')
    .description('set limits for: day, plan PLAN, or subtask PLAN KEY; none lifts one')
    .option('--tokens <n>', 'tokens in and out together')
    .option('--cost <usd>', 'US dollars, as far as agents say what they cost')
    .option('--turns <n>', 'turns')
    .option('--runs <n>', 'runs that count as attempts')
    .option('--wall <time>', 'time in which runs work, such as 2h')
    .action((words: string[], options: BudgetOptions) =>
      ask((asking) => budgetSetCommand(asking, words, options)),
    );
}

function addAgentCommands(program: Command, ask: Ask): void {
  const agents = program
    .command('agents')
    .description('the agents that are known here, and which of them take no work now')
    .action(() => ask((asking) => agentsCommand(asking, Date.now())));
  agents
    .command('resume <agent>')
    .description('let an agent that was paused or broken take work again')
    .action((agent: string) => ask((asking) => agentResumeCommand(asking, agent, Date.now())));
}
