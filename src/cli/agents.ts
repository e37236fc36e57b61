import { amountText } from '../model/budget';
import { resumeAgent } from '../protocol/budget-messages';
import { listAgents } from '../protocol/messages';
import type { AgentView } from '../protocol/views';
import { print, type Asking } from './queries';

/** The agents that are known here, and which of them take no work now. */
export async function agentsCommand(asking: Asking, now: number): Promise<number> {
  const { agents } = await asking.client.request(listAgents, { refresh: true });
  return print(
    asking,
    { agents },
    agents.map((agent) => agentLine(agent, now)),
  );
}

export async function agentResumeCommand(
  asking: Asking,
  key: string,
  now: number,
): Promise<number> {
  const { agent } = await asking.client.request(resumeAgent, { agent: key });
  return print(asking, { agent }, [agentLine(agent, now)]);
}

function agentLine(agent: AgentView, now: number): string {
  const { key, displayName, version, installed } = agent;
  const found = installed ? (version ?? '') : 'not found on the PATH';
  return [key, displayName, found, standing(agent, now)].filter((part) => part !== '').join('  ');
}

/** Why it takes no work, until when, and the way out; empty when nothing is wrong. */
function standing({ key, state, reason, retryAt, failures }: AgentView, now: number): string {
  const why = reason ?? 'it could not work';
  const wayOut = `runsheet agents resume ${key}`;
  if (state === 'broken') return `broken: ${why} (until you say: ${wayOut})`;
  if (state === 'ok') return failures === 0 ? '' : `on trial after ${failures} failures: ${why}`;
  if (retryAt === null) return `paused: ${why} (until you say: ${wayOut})`;
  const left = amountText('wallMs', Math.max(0, Date.parse(retryAt) - now));
  return `paused: ${why} (tried again in ${left}, or: ${wayOut})`;
}
