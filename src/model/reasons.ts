import type { SubtaskStatus } from './status';

/** One condition that keeps an item from starting. Ids are those of the graph. */
export type Reason =
  | { code: 'status'; status: SubtaskStatus }
  | { code: 'live' }
  | { code: 'cycle'; items: readonly string[]; phases: readonly string[] }
  | { code: 'dangling'; id: string }
  | { code: 'dependency'; id: string; status: SubtaskStatus }
  | { code: 'dependency_left_out'; id: string; why: string }
  | { code: 'dangling_phase'; id: string }
  | { code: 'phase'; id: string; open: number }
  | { code: 'gate'; gate: string }
  | { code: 'attempts'; used: number; limit: number }
  | { code: 'escalated' }
  | { code: 'held'; by: string }
  | { code: 'not_ready'; problem: string }
  | { code: 'left_out'; why: string }
  | { code: 'budget'; problem: string }
  | { code: 'agent'; problem: string }
  | { code: 'retry'; inMs: number }
  | { code: 'files'; path: string; heldBy: string }
  | { code: 'scope' }
  | { code: 'workers' };

/** What people call the things that a reason names by id. */
export interface ReasonNames {
  item(id: string): string;
  phase(id: string): string;
}

const statusSentences: Readonly<Record<SubtaskStatus, string>> = {
  pending: 'It is pending.',
  claimed: 'It is claimed to be done, but nobody has proven or accepted that.',
  in_progress: 'It is in progress.',
  in_review: 'It is in review.',
  blocked: 'It is blocked.',
  needs_attention: 'It needs attention.',
  done: 'It is done.',
  failed: 'It failed.',
  skipped: 'It is skipped.',
  cancelled: 'It is cancelled.',
};

const statusClauses: Readonly<Record<SubtaskStatus, string>> = {
  pending: 'which is pending',
  claimed: 'which is claimed but not proven',
  in_progress: 'which is in progress',
  in_review: 'which is in review',
  blocked: 'which is blocked',
  needs_attention: 'which needs attention',
  done: 'which is done',
  failed: 'which failed',
  skipped: 'which is skipped',
  cancelled: 'which is cancelled',
};

const listed = 5;

function list(names: readonly string[]): string {
  const more = names.length - listed;
  return names.slice(0, listed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function describeCycle(
  items: readonly string[],
  phases: readonly string[],
  names: ReasonNames,
): string {
  const members = items.map((id) => names.item(id));
  if (phases.length > 0) members.push(...phases.map((id) => `phase ${names.phase(id)}`));
  return members.length === 1
    ? 'It depends on itself.'
    : `It is part of a dependency cycle: ${list(members)}.`;
}

function describeDuration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

function describeDue(inMs: number, now: number | undefined): string {
  if (now === undefined) return `in ${describeDuration(inMs)}`;
  return `at ${new Date(now + inMs).toISOString()}`;
}

function describeOpen(count: number): string {
  if (count === 0) return 'which is not done';
  return `which has ${count} open ${count === 1 ? 'subtask' : 'subtasks'}`;
}

/**
 * The reason as one English sentence about the item.
 * @param now milliseconds since the epoch, for a sentence that stays true when time passes.
 */
export function describeReason(reason: Reason, names: ReasonNames, now?: number): string {
  switch (reason.code) {
    case 'status':
      return statusSentences[reason.status];
    case 'live':
      return 'A run of it is going on.';
    case 'cycle':
      return describeCycle(reason.items, reason.phases, names);
    case 'dangling':
      return `It depends on ${reason.id}, which is not in the plan.`;
    case 'dependency':
      return `It waits for ${names.item(reason.id)}, ${statusClauses[reason.status]}.`;
    case 'dependency_left_out': {
      const name = names.item(reason.id);
      return `It waits for ${name}, which its file leaves out (${reason.why}): skip ${name} with a reason, or change the file.`;
    }
    case 'dangling_phase':
      return `Its phase depends on phase ${reason.id}, which is not in the plan.`;
    case 'phase':
      return `Its phase waits for phase ${names.phase(reason.id)}, ${describeOpen(reason.open)}.`;
    case 'gate':
      return `The gate ${reason.gate} is closed.`;
    case 'attempts':
      return `It has used ${reason.used} of its ${reason.limit} attempts.`;
    case 'escalated':
      return 'It was escalated and waits for a person.';
    case 'held':
      return `It was paused by ${reason.by}.`;
    case 'not_ready':
      return `Its plan does not have it ready: ${reason.problem}`;
    case 'left_out':
      return `Its file leaves it out: ${reason.why}. To have it done, change that.`;
    case 'budget':
      return reason.problem;
    case 'agent':
      return `Its agent is not available: ${reason.problem}`;
    case 'retry':
      return `Its next attempt is due ${describeDue(reason.inMs, now)}.`;
    case 'files':
      return `${names.item(reason.heldBy)} is working on ${reason.path}.`;
    case 'scope':
      return 'It was not asked for.';
    case 'workers':
      return 'It is ready and waits for a free worker.';
  }
}
