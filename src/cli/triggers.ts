import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { RunsheetError } from '../model/errors';
import { triggerDefinitionSchema, type TriggerDefinition } from '../model/trigger';
import {
  decideFiring,
  deleteTrigger,
  fireTrigger,
  listTriggers,
  setTrigger,
  setWorkflow,
  type FiringView,
  type TriggerView,
} from '../protocol/trigger-messages';
import { exitCodes } from './io';
import { planAt } from './open-plan';
import type { PlaceAsking } from './decisions';
import { print, type Asking } from './queries';

function triggerLine(one: TriggerView): string {
  const { name, sourceKind, source, firesOn, action, target, needsConfirmation, enabled } = one;
  const ask = needsConfirmation ? 'asks' : 'by itself';
  const off = enabled ? '' : ', off';
  const does = [action, target].filter((word) => word !== null).join(' ');
  return `${name}: ${sourceKind} ${source} ${firesOn} → ${does} (${ask}${off})`;
}

function firingLine(one: FiringView): string {
  const { id, createdAt, trigger, state, message } = one;
  return `  ${id} ${createdAt} ${trigger} ${state}${message === null ? '' : `: ${message}`}`;
}

export async function triggersCommand(asking: Asking): Promise<number> {
  const { triggers, firings } = await asking.client.request(listTriggers, { limit: 50 });
  const lines = [...triggers.map(triggerLine), ...firings.map(firingLine)];
  return print(asking, { triggers, firings }, lines);
}

/** Saves the trigger, or the list of triggers, that a JSON file holds. */
export async function setTriggerCommand(asking: Asking, file: string): Promise<number> {
  const saved: unknown[] = [];
  const lines: string[] = [];
  for (const definition of await definitionsIn(resolve(asking.io.cwd, file))) {
    const { trigger, warnings } = await asking.client.request(setTrigger, definition);
    saved.push({ trigger, warnings });
    lines.push(triggerLine(trigger), ...warnings.map((warning) => `warning: ${warning}`));
  }
  return print(asking, { saved }, lines);
}

async function definitionsIn(path: string): Promise<TriggerDefinition[]> {
  const list = z.array(triggerDefinitionSchema);
  const parsed = list.safeParse([json(await text(path), path)].flat());
  if (parsed.success) return parsed.data;
  throw new RunsheetError('validation', `${path}: ${z.prettifyError(parsed.error)}`, { path });
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new RunsheetError('not_found', `There is no file ${path} that can be read.`, { path });
  }
}

function json(words: string, path: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    throw new RunsheetError('validation', `${path} is not JSON.`, { path });
  }
}

export async function deleteTriggerCommand(asking: Asking, name: string): Promise<number> {
  await asking.client.request(deleteTrigger, { name });
  return print(asking, { deleted: name }, [`deleted: ${name}`]);
}

/** Fires it now; exit code 1 when it could not act. */
export async function fireTriggerCommand(asking: Asking, name: string): Promise<number> {
  return told(asking, await asking.client.request(fireTrigger, { name }));
}

export async function decideFiringCommand(
  asking: Asking,
  id: string,
  decision: 'confirm' | 'decline',
): Promise<number> {
  return told(asking, await asking.client.request(decideFiring, { id, decision }));
}

function told(asking: Asking, firing: FiringView): number {
  print(asking, { firing }, [firingLine(firing).trim()]);
  return firing.state === 'fired' || firing.state === 'declined' ? exitCodes.ok : exitCodes.failed;
}

/** Names the kind of work that a plan is; without a word, takes the name away. */
export async function workflowCommand(
  asking: PlaceAsking,
  path: string,
  type: string | null,
): Promise<number> {
  const place = { workspace: asking.workspace, cwd: asking.io.cwd };
  const { id: planId } = await planAt(asking.client, place, path);
  await asking.client.request(setWorkflow, { planId, type });
  return print(asking, { planId, type }, [`${path}: ${type ?? 'no workflow type'}`]);
}
