import type { EngineClient } from '../protocol/engine-client';
import { listEvents } from '../protocol/messages';
import { replayRun, type ReplayView } from '../protocol/replay-messages';
import type { EventView } from '../protocol/views';
import { exitCodes } from './io';
import type { Asking } from './queries';

/**
 * The story of a run and what it was in the end, from its events alone. Exit code 1 when they have
 * gaps, or when the database says something else.
 */
export async function replayCommand(asking: Asking, runId: string): Promise<number> {
  const { client, io, json } = asking;
  const replay = await client.request(replayRun, { runId });
  const events = await storyOf(client, runId);
  const intact = replay.gaps.length === 0 && replay.differences.length === 0;
  if (json) io.stdout(`${JSON.stringify({ ...replay, intact, events })}\n`);
  else for (const line of linesOf(replay, events)) io.stdout(`${line}\n`);
  return intact ? exitCodes.ok : exitCodes.failed;
}

async function storyOf(client: EngineClient, runId: string): Promise<EventView[]> {
  const story: EventView[] = [];
  for (let after = 0; ;) {
    const { events, more } = await client.request(listEvents, { runId, after, limit: 500 });
    story.push(...events);
    after = events.at(-1)?.sequence ?? after;
    if (!more) return story;
  }
}

function linesOf(replay: ReplayView, events: readonly EventView[]): string[] {
  const { run, verifications, permissions, gaps, differences } = replay;
  const story = events.map(({ sequence, at, type, text }) => {
    const [first = '', ...more] = text.split('\n');
    const rest = more.length === 0 ? '' : ` … ${more.length} more lines`;
    return `${sequence} ${at} ${type} ${first}${rest}`.trimEnd();
  });
  const state = Object.entries(run).map(([name, value]) => `${name}: ${value ?? '-'}`);
  const judged = verifications.map(({ tree, commit, verdict, checks }) => {
    const where = `${tree} ${commit?.slice(0, 12) ?? ''}`.trim();
    return `verification of the ${where}: ${verdict ?? 'not ended'} (${checks.join(', ') || 'no checks'})`;
  });
  const asked = permissions.map((permission) => `permission ${permission.id}: ${permission.state}`);
  const goesOn = run.state === 'ended' ? [] : ['The run goes on: nothing is compared yet.'];
  return [
    ...story,
    '',
    ...state,
    ...judged,
    ...asked,
    '',
    ...gaps.map((gap) => `gap: ${gap}`),
    ...differences.map(({ what, told, stored }) => {
      return `difference: ${what} is ${told} by its events and ${stored} in the database`;
    }),
    ...goesOn,
    ...(gaps.length === 0 && differences.length === 0 ? ['The story is intact.'] : []),
  ];
}
