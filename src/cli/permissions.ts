import type { Command } from 'commander';
import { answerPermission, subscribe } from '../protocol/messages';
import type { NeedView } from '../protocol/views';
import { print, type Asking } from './queries';

type Ask = (act: (asking: Asking) => Promise<number>) => Promise<void>;

/** The commands about what agents ask before they do it. */
export function addPermissionCommands(program: Command, ask: Ask): void {
  const permissions = program
    .command('permissions')
    .description('what agents ask before they do it: list, answer');
  permissions
    .command('list', { isDefault: true })
    .description('the open questions, with the answers that they take')
    .action(() => ask(permissionsCommand));
  const describeAnswer = (command: Command): Command =>
    command
      .description('answer a permission request of an agent')
      .action((request: string, option: string) =>
        ask((asking) => answerCommand(asking, request, option)),
      );
  describeAnswer(permissions.command('answer <request> <option>'));
  describeAnswer(program.command('answer <request> <option>'));
}

export async function permissionsCommand(asking: Asking): Promise<number> {
  const wish = { plans: false, needs: true, runs: null, events: [] };
  const { needs } = await asking.client.request(subscribe, wish);
  const permissions = needs.filter(({ kind }) => kind === 'permission');
  const lines = permissions.length === 0 ? ['No agent asks anything.'] : permissions.flatMap(told);
  return print(asking, { permissions }, lines);
}

function told({ id, title, detail, options }: NeedView): string[] {
  const answers = options.map((option) => `${option.id} (${option.name})`).join(', ');
  const about = detail.split('\n').map((line) => `  ${line}`);
  return [`${id} ${title}`, ...about, `  answers: ${answers}`];
}

export async function answerCommand(
  asking: Asking,
  requestId: string,
  optionId: string,
): Promise<number> {
  await asking.client.request(answerPermission, { requestId, optionId });
  return print(asking, { answered: optionId }, [`answered: ${optionId}`]);
}
