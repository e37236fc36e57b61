import { describeReason, type Reason, type ReasonNames } from '../model/reasons';
import { personAgent } from '../model/plan';
import { satisfiesDependents, whyNotReady, type ScheduleSnapshot } from '../model/schedule';
import type { GateRow } from '../store/repositories/gate-rows';
import type { SubtaskRow } from '../store/repositories/subtasks';
import { isLeftOutRow, type PlanState } from './plan-state';

/** What is left when nothing runs and nothing can be started. */
export type Conclusion =
  | { kind: 'completed'; message: string }
  | { kind: 'waits'; message: string }
  | { kind: 'failed'; message: string };

const shown = 3;

/**
 * How an execution stands once nothing of it is live: `scope` is its own part of the plan. What was
 * asked for by name must be done although it is optional in the plan.
 */
export function conclude(
  plan: PlanState,
  snapshot: ScheduleSnapshot,
  scope: ReadonlySet<string> | null,
  byName: boolean,
  isReached: (gate: GateRow) => boolean,
): Conclusion {
  const rows = [...plan.subtasks.values()].filter((row) => scope?.has(row.id) !== false);
  const open = rows.filter((row) => !satisfiesDependents(row.status, false));
  const required = open.filter(
    (row) => (byName || !(row.optional || isLeftOutRow(row))) && row.status !== 'cancelled',
  );
  const closed = plan.gates.filter(
    (gate) => !passed.has(gate.state) && concerns(plan, gate, scope, required),
  );
  const rejected = closed.filter((gate) => gate.state === 'rejected');
  const waiting = closed.filter((gate) => gate.state !== 'rejected' && isReached(gate));
  if (waiting.length > 0) return { kind: 'waits', message: waitFor(waiting) };
  const asked = required.filter((row) => isAsked(plan, row));
  if (asked.length > 0) return { kind: 'waits', message: waitForAnswer(asked) };
  const paused = waitingForTime(plan, snapshot, required);
  if (paused !== null) return { kind: 'waits', message: paused };
  if (rejected.length > 0) return { kind: 'failed', message: rejection(rejected) };
  if (required.length === 0) return { kind: 'completed', message: summary(rows) };
  return { kind: 'failed', message: explain(plan, snapshot, required) };
}

const passed: ReadonlySet<GateRow['state']> = new Set(['approved', 'overridden', 'cancelled']);

/** Of a part of the plan only those gates matter that its own open subtasks wait for. */
function concerns(
  plan: PlanState,
  gate: GateRow,
  scope: ReadonlySet<string> | null,
  open: readonly SubtaskRow[],
): boolean {
  const blocks = plan.scopeOf(gate)?.blocks;
  return scope === null || open.some((row) => blocks?.has(row.subtask_key) === true);
}

/** Whether it is a person's to do, and nothing but their word on it is missing. */
export function isAsked(plan: PlanState, row: SubtaskRow): boolean {
  return row.status === 'needs_attention' && plan.contentOf(row)?.agent === personAgent;
}

function waitForAnswer(rows: readonly SubtaskRow[]): string {
  const shownRows = rows.slice(0, shown).map((row) => `${row.subtask_key} "${row.title}"`);
  return `Waits for a person's word on ${shownRows.join(', ')}${rows.length > shown ? ' …' : ''}.`;
}

/** Conditions that go away without anything of the plan having to be done. */
const passing: ReadonlySet<Reason['code']> = new Set(['held', 'retry', 'agent', 'files', 'live']);

/** What will go on when a pause is over, a delay has passed, or an agent works again. */
function waitingForTime(
  plan: PlanState,
  snapshot: ScheduleSnapshot,
  open: readonly SubtaskRow[],
): string | null {
  const names = namesOf(plan);
  const lines = open.flatMap((row) => {
    if (row.status !== 'pending') return [];
    const reasons = whyNotReady(snapshot, row.id);
    if (reasons.length === 0 || reasons.some(({ code }) => !passing.has(code))) return [];
    const why = reasons.map((reason) => describeReason(reason, names, snapshot.now)).join(' ');
    return [`${row.subtask_key}: ${why}`];
  });
  if (lines.length === 0) return null;
  const more = lines.length > shown ? ` … and ${lines.length - shown} more.` : '';
  return `Waits. ${lines.slice(0, shown).join(' ')}${more}`;
}

function rejection(gates: readonly GateRow[]): string {
  const titles = gates.map((gate) => `"${gate.title}"`).join(', ');
  return `Rejected: ${titles}. Reopen the gate when its reason is gone, then start the plan again.`;
}

function waitFor(gates: readonly { title: string }[]): string {
  const titles = gates.map((gate) => `"${gate.title}"`).join(', ');
  return `Waits for the ${gates.length === 1 ? 'gate' : 'gates'} ${titles}.`;
}

function summary(rows: readonly SubtaskRow[]): string {
  const count = (proof: SubtaskRow['proof']) => rows.filter((row) => row.proof === proof).length;
  const skipped = rows.filter((row) => row.status === 'skipped').length;
  const leftOut = rows.filter(isLeftOutRow);
  const parts = [`${count('proven')} proven`];
  if (count('accepted') > 0) parts.push(`${count('accepted')} accepted`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  const told = `${parts.join(', ')} of ${rows.length - leftOut.length}`;
  if (leftOut.length === 0) return `${told}.`;
  const names = leftOut.slice(0, shown).map((row) => row.subtask_key);
  const more = leftOut.length > shown ? ` and ${leftOut.length - shown} more` : '';
  return `${told}, ${leftOut.length} left out by the plan's file: ${names.join(', ')}${more}.`;
}

/** First what needs a person, then what merely waits. */
function explain(plan: PlanState, snapshot: ScheduleSnapshot, open: readonly SubtaskRow[]): string {
  const names = namesOf(plan);
  const stuck = open.filter((row) => row.status !== 'pending');
  const told = stuck.length > 0 ? stuck : open;
  const lines = told.slice(0, shown).map((row) => {
    const reasons = whyNotReady(snapshot, row.id).map((reason) => describeReason(reason, names));
    const why = row.status_reason ?? reasons.join(' ');
    return `${row.subtask_key} (${row.status.replace('_', ' ')}): ${why}`;
  });
  const more = told.length > shown ? ` … and ${told.length - shown} more.` : '';
  return `${open.length} not done. ${lines.join(' ')}${more}`;
}

function namesOf(plan: PlanState): ReasonNames {
  return {
    item: (id) => plan.subtasks.get(id)?.subtask_key ?? id,
    phase: (id) => plan.phases.find((phase) => phase.id === id)?.title ?? id,
  };
}
