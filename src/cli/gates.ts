import { RunsheetError } from '../model/errors';
import { gateDecisionSchema, type GateState } from '../model/status';
import { decideGate, listGateDecisions, openGate } from '../protocol/gate-messages';
import { subscribe } from '../protocol/messages';
import type { GateView, PlanView } from '../protocol/views';
import { exitCodes } from './io';
import { print, type Asking } from './queries';

export interface GateOptions {
  reason: string;
  /** With `reject`: keys of the subtasks that it is about. */
  subtask?: string[];
  /** With `subtask`: what is wrong with them. */
  type?: string;
}

/** What can be said of a gate, and the states in which it can be. */
const words: Readonly<Record<string, readonly GateState[]>> = {
  approve: ['open'],
  reject: ['open'],
  override: ['open'],
  reopen: ['approved', 'rejected', 'overridden'],
  open: ['waiting'],
  history: [],
};

/** Decides a gate, opens one by hand, or tells what was decided. */
export async function gateCommand(
  asking: Asking,
  id: string,
  word: string,
  options: GateOptions,
): Promise<number> {
  const from = words[word];
  if (from === undefined) {
    const known = Object.keys(words).join(', ');
    asking.io.stderr(`${word} is no decision. Decisions: ${known}.\n`);
    return exitCodes.usage;
  }
  const { client } = asking;
  const wish = { plans: true, needs: false, runs: null, events: [] };
  const gate = find((await client.request(subscribe, wish)).plans, id, from);
  if (word === 'history') return history(asking, gate);
  if (word === 'open') {
    const opened = await client.request(openGate, { gateId: gate.id });
    return print(asking, { gate: opened }, [`${opened.title}: ${opened.state}`]);
  }
  const { reason, subtask, type } = options;
  const decided = await client.request(decideGate, {
    ...{ gateId: gate.id, decision: gateDecisionSchema.parse(word), reason, round: gate.round },
    ...(subtask === undefined ? {} : { subtasks: subtask }),
    ...(type === undefined ? {} : { type }),
  });
  return print(asking, { gate: decided }, [`${decided.title}: ${decided.state}`]);
}

function find(plans: readonly PlanView[], id: string, from: readonly GateState[]): GateView {
  const gates = plans.flatMap((plan) => plan.gates);
  const found = gates.filter((gate) => gate.id === id || gate.key === id);
  const meant = found.filter(({ state }) => from.includes(state));
  const [gate, ...others] = meant.length > 0 ? meant : found;
  if (others.length > 0) {
    const path = (planId: string) => plans.find((plan) => plan.id === planId)?.path ?? planId;
    const named = found.map((one) => `${one.id} (${path(one.planId)})`).join(', ');
    throw new RunsheetError(
      'validation',
      `There are several gates ${id}. Name one by its id: ${named}.`,
    );
  }
  if (gate !== undefined) return gate;
  const known = gates.map(({ key, title, state }) => `${key} (${title}, ${state})`).join(', ');
  throw new RunsheetError('not_found', `There is no gate ${id}. Gates: ${known || 'none'}.`);
}

async function history(asking: Asking, gate: GateView): Promise<number> {
  const { decisions } = await asking.client.request(listGateDecisions, { gateId: gate.id });
  const lines = decisions.flatMap(({ at, by, decision, round, reason, criteria }) => {
    const why = reason === null ? '' : `: ${reason}`;
    const found = criteria.map(({ state, text }) => `  ${state}: ${text}`);
    return [`${at} round ${round} ${decision} by ${by}${why}`, ...found];
  });
  return print(asking, { gate, decisions }, lines);
}
