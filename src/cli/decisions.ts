import { RunsheetError } from '../model/errors';
import {
  decideEscalation,
  deleteRoute,
  escalateSubtask,
  listEscalations,
  listRejections,
  listRoutes,
  rejectSubtask,
  resolveRejection,
  setRoute,
  type EscalationView,
  type RouteView,
} from '../protocol/decision-messages';
import { handlerKindSchema } from '../model/routing';
import { planAt, type Place } from './open-plan';
import { print, type Asking } from './queries';

/** What commands that name plans by paths get. */
export interface PlaceAsking extends Asking {
  /** Absolute. */
  workspace: string;
}

async function planIdOf(asking: PlaceAsking, path: string): Promise<string> {
  const place: Place = { workspace: asking.workspace, cwd: asking.io.cwd };
  return (await planAt(asking.client, place, path)).id;
}

/** Sends work back. */
export async function rejectCommand(
  asking: PlaceAsking,
  [path, key]: readonly [string, string],
  words: { type: string; reason: string },
): Promise<number> {
  const planId = await planIdOf(asking, path);
  const told = await asking.client.request(rejectSubtask, { planId, key, ...words });
  const { round, routedTo, status, escalationId, notStarted } = told;
  const line = `${key}: rejected (${words.type}, round ${round}), to ${routedTo}, ${status}`;
  const lines = [
    line,
    ...(escalationId === null ? [] : [`escalated: ${escalationId}`]),
    ...(notStarted === null ? [] : [`not started: ${notStarted}`]),
  ];
  return print(asking, { rejection: told }, lines);
}

export async function rejectionsCommand(
  asking: PlaceAsking,
  path: string,
  key: string,
): Promise<number> {
  const planId = await planIdOf(asking, path);
  const { rejections } = await asking.client.request(listRejections, { planId, key });
  const lines = rejections.map(
    ({ id, type, round, reason, routedTo, resolution }) =>
      `${id} ${type} round ${round} to ${routedTo} ${resolution ?? 'open'}: ${reason}`,
  );
  return print(asking, { rejections }, lines);
}

/** Takes a rejection back, or passes over it. */
export async function settleRejectionCommand(
  asking: Asking,
  id: string,
  resolution: 'withdrawn' | 'overridden',
  reason: string,
): Promise<number> {
  await asking.client.request(resolveRejection, { id, resolution, reason });
  return print(asking, { rejection: id, resolution }, [`${id}: ${resolution}`]);
}

function escalationLine(one: EscalationView): string {
  const { id, status, subtaskKey, title, reason, to, detail } = one;
  return `${id} ${status} ${subtaskKey ?? ''} ${title} (${reason}, ${to}): ${detail}`;
}

export async function escalationsCommand(asking: Asking, all: boolean): Promise<number> {
  const { escalations } = await asking.client.request(listEscalations, { open: !all, limit: 200 });
  return print(asking, { escalations }, escalations.map(escalationLine));
}

export async function escalateCommand(
  asking: PlaceAsking,
  [path, key]: readonly [string, string],
  { reason, to }: { reason: string; to: string },
): Promise<number> {
  const planId = await planIdOf(asking, path);
  const escalation = await asking.client.request(escalateSubtask, { planId, key, reason, to });
  return print(asking, { escalation }, [escalationLine(escalation)]);
}

export type EscalationWord =
  | { decision: 'acknowledge' }
  | { decision: 'resolve'; resolution: string; again: boolean }
  | { decision: 'cancel'; reason: string };

export async function decideEscalationCommand(
  asking: Asking,
  id: string,
  word: EscalationWord,
): Promise<number> {
  const escalation = await asking.client.request(decideEscalation, { id, ...word });
  return print(asking, { escalation }, [escalationLine(escalation)]);
}

function routeLine(route: RouteView): string {
  const { planId, type, handler, spec, maxRounds, escalateTo, enabled } = route;
  const to = spec === null ? handler : `${handler} ${spec}`;
  const off = enabled ? '' : ' (off)';
  return `${planId ?? 'every plan'} ${type}: ${to}, ${maxRounds} rounds, then ${escalateTo}${off}`;
}

export async function routesCommand(asking: Asking): Promise<number> {
  const { routes } = await asking.client.request(listRoutes, {});
  return print(asking, { routes }, routes.map(routeLine));
}

export interface RouteOptions {
  plan?: string;
  to?: string;
  spec?: string;
  rounds?: number;
  escalateTo?: string;
  enabled?: boolean;
}

/** Makes or changes the rule for a type. */
export async function setRouteCommand(
  asking: PlaceAsking,
  type: string,
  options: RouteOptions,
): Promise<number> {
  const { plan, to, spec, rounds, escalateTo, enabled } = options;
  const handler = handlerKindSchema.optional().safeParse(to);
  if (!handler.success) {
    const known = handlerKindSchema.options.join(', ');
    throw new RunsheetError('validation', `--to takes one of: ${known}.`, { field: 'to' });
  }
  const route = await asking.client.request(setRoute, {
    ...{ planId: plan === undefined ? null : await planIdOf(asking, plan), type },
    ...(handler.data === undefined ? {} : { handler: handler.data }),
    ...(spec === undefined ? {} : { spec }),
    ...(rounds === undefined ? {} : { maxRounds: rounds }),
    ...(escalateTo === undefined ? {} : { escalateTo }),
    ...(enabled === undefined ? {} : { enabled }),
  });
  return print(asking, { route }, [routeLine(route)]);
}

export async function deleteRouteCommand(
  asking: PlaceAsking,
  type: string,
  { plan }: { plan?: string },
): Promise<number> {
  const planId = plan === undefined ? null : await planIdOf(asking, plan);
  await asking.client.request(deleteRoute, { planId, type });
  return print(asking, { deleted: type }, [`deleted: ${type}`]);
}
