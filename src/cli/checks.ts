import type { Command } from 'commander';
import { confirmCheck, listVerifications, stopChecks } from '../protocol/check-messages';
import { approveCommands, previewRun, verifySubtask } from '../protocol/messages';
import type { VerificationView } from '../protocol/views';
import { exitCodes } from './io';
import { planAt } from './open-plan';
import { print, type Asking } from './queries';

/** What a command about checks gets; `workspace` is absolute. */
export interface CheckAsking extends Asking {
  workspace: string;
}

type Ask = (act: (asking: CheckAsking) => Promise<number>) => Promise<void>;

export interface VerifyOptions {
  /** Id or text of one check. */
  check?: string;
  approveCommands: boolean;
}

/** Runs a subtask's checks again. @returns the exit code: 0 only when they passed. */
export async function verifyCommand(
  asking: CheckAsking,
  path: string,
  key: string,
  { check, approveCommands: approves }: VerifyOptions,
): Promise<number> {
  const { client, io } = asking;
  const plan = await planAt(client, { workspace: asking.workspace, cwd: io.cwd }, path);
  if (approves) await approveAll(asking, plan.id, key);
  const one = check === undefined ? {} : { check };
  const result = await client.request(verifySubtask, { planId: plan.id, key, ...one });
  const { verdict, message } = result;
  print(asking, { verification: result }, [`${key}: ${verdict}. ${message}`]);
  return verdict === 'passed' ? exitCodes.ok : exitCodes.failed;
}

async function approveAll({ client }: CheckAsking, planId: string, key: string): Promise<void> {
  const { commands } = await client.request(previewRun, {
    planId,
    subtasks: [key],
    agent: 'command',
  });
  const hashes = commands.filter(({ approved }) => !approved).map(({ hash }) => hash);
  if (hashes.length > 0) await client.request(approveCommands, { planId, hashes });
}

/** What was checked of a subtask, newest first. */
export async function checksCommand(
  asking: CheckAsking,
  path: string,
  key: string,
): Promise<number> {
  const { client, io } = asking;
  const plan = await planAt(client, { workspace: asking.workspace, cwd: io.cwd }, path);
  const { verifications } = await client.request(listVerifications, { planId: plan.id, key });
  return print(asking, { verifications }, verifications.flatMap(verificationLines));
}

function verificationLines(verification: VerificationView): string[] {
  const { createdAt, tree, verdict, stale, treeHash, checks } = verification;
  const files = treeHash === null ? '' : ` ${treeHash.slice(0, 12)}`;
  const age = stale ? ', stale: the files have changed since' : '';
  return [
    `${createdAt} ${tree}${files}: ${verdict ?? 'not over'}${age}`,
    ...checks.map(({ id, label, type, outcome, message }) => {
      const name = label === '' ? type : label;
      return `  ${(outcome ?? 'not run').padEnd(8)} ${id}  ${name}${message === '' ? '' : `: ${message}`}`;
    }),
  ];
}

export interface ConfirmOptions {
  no: boolean;
  note: string;
}

/** A person's word on a manual check; it counts from the next verification on. */
export async function confirmCommand(
  asking: CheckAsking,
  [path, key, check]: readonly [string, string, string],
  { no, note }: ConfirmOptions,
): Promise<number> {
  const { client, io } = asking;
  const plan = await planAt(client, { workspace: asking.workspace, cwd: io.cwd }, path);
  await client.request(confirmCheck, { planId: plan.id, key, check, holds: !no, note });
  const said = no ? 'denied' : 'confirmed';
  const next = `Verify ${key} again for it to count: runsheet verify ${path} ${key}`;
  return print(asking, { confirmed: !no }, [`${check}: ${said}. ${next}`]);
}

export async function stopChecksCommand(
  asking: CheckAsking,
  path: string,
  key: string | undefined,
): Promise<number> {
  const { client, io } = asking;
  const plan = await planAt(client, { workspace: asking.workspace, cwd: io.cwd }, path);
  const one = key === undefined ? {} : { key };
  const { stopped } = await client.request(stopChecks, { planId: plan.id, ...one });
  return print(asking, { stopped }, [`${stopped} ${stopped === 1 ? 'check' : 'checks'} stopped`]);
}

/** The commands about checks. */
export function addCheckCommands(program: Command, ask: Ask): void {
  program
    .command('verify <plan> <key>')
    .description('run the checks of a subtask again; exit code 0 only when they pass')
    .option('--check <id>', 'only this check; alone it proves nothing beside others')
    .option('--approve-commands', 'allow the commands that its checks run', false)
    .action((path: string, key: string, options: VerifyOptions) =>
      ask((asking) => verifyCommand(asking, path, key, options)),
    );
  const checks = program.command('checks').description('what was checked of a subtask');
  checks
    .command('list <plan> <key>')
    .description('its verifications, newest first')
    .action((path: string, key: string) => ask((asking) => checksCommand(asking, path, key)));
  checks
    .command('confirm <plan> <key> <check>')
    .description('answer a manual check, for the files as they were when it was asked')
    .option('--no', 'it is not so', false)
    .option('--note <text>', 'what you saw', '')
    .action((path: string, key: string, check: string, options: ConfirmOptions) =>
      ask((asking) => confirmCommand(asking, [path, key, check], options)),
    );
  checks
    .command('stop <plan> [key]')
    .description('stop checks that go on without a run, of a plan or a subtask')
    .action((path: string, key?: string) => ask((asking) => stopChecksCommand(asking, path, key)));
}
