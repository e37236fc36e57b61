import { setTimeout as delay } from 'node:timers/promises';
import type { EngineClient } from '../protocol/engine-client';
import {
  describeRun,
  engineStatus,
  listEvents,
  listRuns,
  stopEngine,
  stopRuns,
  subscribe,
} from '../protocol/messages';
import type { Delta, NeedView, RunView } from '../protocol/views';
import { exitCodes, type Io } from './io';

/** What every command that asks the engine gets. */
export interface Asking {
  client: EngineClient;
  io: Io;
  json: boolean;
}

/** Tells the answer: as JSON on one line, or as lines for people. */
export function print({ io, json }: Asking, value: unknown, lines: readonly string[]): number {
  io.stdout(json ? `${JSON.stringify(value)}\n` : lines.map((line) => `${line}\n`).join(''));
  return exitCodes.ok;
}

function snapshot(client: EngineClient): Promise<Delta> {
  return client.request(subscribe, { plans: true, needs: true, runs: 0, events: [] });
}

/** Plans with their progress, and what waits for a person. */
export async function statusCommand(asking: Asking): Promise<number> {
  const { plans, subtasks, executions, runs, needs } = await snapshot(asking.client);
  const lines = plans.flatMap((plan) => {
    const { done, total, running, paused, leftOut } = plan.counts;
    const parts = [
      running > paused ? ` · ${running - paused} running` : '',
      paused > 0 ? ` · ${paused} paused` : '',
      leftOut > 0 ? ` · ${leftOut} left out` : '',
      plan.pause === null ? '' : ` · ${plan.pause.text}`,
    ];
    const going = parts.join('');
    return [`${plan.path}: ${plan.title} (${plan.state}) ${done}/${total}${going}`];
  });
  const waiting = needs.map((need) => `needs you: ${need.kind} ${need.id} ${needText(need)}`);
  const live = executions.filter((execution) => execution.endedAt === null);
  return print(asking, { plans, subtasks, executions: live, runs, needs }, [...lines, ...waiting]);
}

/** What an agent or a budget is short of is in its detail. */
function needText({ kind, title, detail, until }: NeedView): string {
  if (kind !== 'agent' && kind !== 'budget') return title;
  const again = until === undefined ? '' : ` It is tried again at ${until}.`;
  return `${title}: ${detail}${again}`;
}

function runLine(run: RunView): string {
  const end = run.outcome === null ? run.state : `${run.outcome} ${run.verdict ?? ''}`.trim();
  return `${run.id} ${run.subtaskKey} attempt ${run.attempt} ${run.agentKey} ${end} ${run.createdAt}`;
}

export async function runsCommand(asking: Asking, limit: number): Promise<number> {
  const { runs } = await asking.client.request(listRuns, { limit });
  return print(asking, { runs }, runs.map(runLine));
}

/** The whole story of a run; with --json one event per line. */
export async function eventsCommand(asking: Asking, runId: string): Promise<number> {
  const { client, io, json } = asking;
  // A run without events is not the same as no run.
  await client.request(describeRun, { runId });
  for (let after = 0; ;) {
    const { events, more } = await client.request(listEvents, { runId, after, limit: 500 });
    for (const event of events) {
      const text = json ? JSON.stringify(event) : `${event.at} ${event.type} ${event.text}`;
      io.stdout(`${text}\n`);
      after = event.sequence;
    }
    if (!more) return exitCodes.ok;
  }
}

export async function stopCommand(asking: Asking, runId: string | null): Promise<number> {
  const target = runId === null ? {} : { runId };
  const { stopped } = await asking.client.request(stopRuns, target);
  return print(asking, { stopped }, [`${stopped} ${stopped === 1 ? 'run' : 'runs'} stopped`]);
}

export function noEngine(io: Io, json: boolean): number {
  io.stdout(json ? `${JSON.stringify({ engine: null })}\n` : 'No engine runs in this workspace.\n');
  return exitCodes.ok;
}

export async function engineStatusCommand(asking: Asking): Promise<number> {
  const status = await asking.client.request(engineStatus, {});
  const lines = Object.entries(status).map(([name, value]) => `${name}: ${value}`);
  return print(asking, { engine: status }, lines);
}

export async function engineStopCommand(asking: Asking, force: boolean): Promise<number> {
  await asking.client.request(stopEngine, { force });
  await asking.client.closed;
  await ended(asking.client.link.welcome.pid);
  return print(asking, { engine: null }, ['The engine has ended.']);
}

const endingMs = 5000;

/** The engine closes its door a moment before its process ends; where nobody reaps it, it stays. */
async function ended(pid: number): Promise<void> {
  const deadline = Date.now() + endingMs;
  while (isAlive(pid) && Date.now() < deadline) await delay(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
