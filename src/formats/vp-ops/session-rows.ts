import type { SubtaskStatus } from '../../model/status';
import { booleanIn, listIn, numberIn, textIn, type EventLog, type Row } from './events';
import type { Line } from '../text';

// What one session's log holds, with the labels by which batches name tasks.

export interface LoggedTask {
  id: string;
  /** `<number of the phase>.<ordinal in the phase>`; `null` when its milestone is not logged. */
  label: string | null;
  title: string;
  description: string;
  files: string[];
  dependencies: string[];
  verification: string | null;
  milestone: LoggedMilestone | null;
  /** Number and name of the phase that the milestone belongs to. */
  theme: string | null;
  status: string | null;
  line: Line;
}

export interface LoggedMilestone {
  id: string;
  /** `<number of the phase>.<ordinal in the phase>` */
  label: string;
  name: string;
  description: string;
  line: Line;
}

export interface LoggedPhase {
  id: string;
  number: number;
  name: string;
  milestones: LoggedMilestone[];
  line: Line;
}

export interface LoggedBatch {
  number: number;
  name: string;
  entries: string[];
  checkpoint: string | null;
  parallelSafe: boolean | null;
  gate: string | null;
  line: Line;
}

export interface LoggedGate {
  name: string;
  trigger: string;
  criteria: string[];
  line: Line;
}

export interface SessionRows {
  sessions: ReadonlyMap<string, Row>;
  phases: LoggedPhase[];
  tasks: LoggedTask[];
  batches: LoggedBatch[];
  gates: LoggedGate[];
  concerns: number;
  risks: number;
  minutes: Row[];
}

export function sessionRows({ tables }: EventLog): SessionRows {
  const rows = (table: string) => [...(tables.get(table)?.values() ?? [])];
  const phases = phasesOf(rows('phases'), rows('milestones'));
  return {
    sessions: tables.get('boardroom_sessions') ?? new Map(),
    phases,
    tasks: tasksOf(rows('engineering_tasks'), phases),
    batches: inSequence(rows('schedule_batches')).map(({ row, number }) => ({
      number,
      name: (textIn(row, 'name') ?? `Batch ${number}`).replace(/^Batch\s+\d+\s*[:–—-]\s*/i, ''),
      entries: listIn(row, 'tasks'),
      checkpoint: textIn(row, 'checkpoint'),
      parallelSafe: booleanIn(row, 'parallel_safe'),
      gate: textIn(row, 'human_gate_name'),
      line: row.line,
    })),
    gates: inSequence(rows('human_gates')).map(({ row }) => ({
      name: textIn(row, 'name') ?? row.id,
      trigger: textIn(row, 'trigger') ?? '',
      criteria: listIn(row, 'criteria'),
      line: row.line,
    })),
    concerns: rows('operational_concerns').length,
    risks: rows('risks').length,
    minutes: rows('boardroom_minutes'),
  };
}

/** By their numbers; those without one follow in the order of the log. */
function inSequence(rows: readonly Row[]): { row: Row; number: number }[] {
  const sorted = rows.toSorted(
    (a, b) => (numberIn(a, 'sequence') ?? Infinity) - (numberIn(b, 'sequence') ?? Infinity) || 0,
  );
  return sorted.map((row, index) => ({ row, number: numberIn(row, 'sequence') ?? index + 1 }));
}

function phasesOf(phases: readonly Row[], milestones: readonly Row[]): LoggedPhase[] {
  const read = inSequence(phases).map(({ row, number }): LoggedPhase => ({
    id: row.id,
    number,
    name: textIn(row, 'name') ?? row.id,
    milestones: [],
    line: row.line,
  }));
  const byId = new Map(read.map((phase) => [phase.id, phase]));
  for (const { row } of inSequence(milestones)) {
    const phase = byId.get(textIn(row, 'phase_id') ?? '');
    phase?.milestones.push({
      id: row.id,
      label: `${phase.number}.${phase.milestones.length + 1}`,
      name: textIn(row, 'name') ?? row.id,
      description: textIn(row, 'description') ?? '',
      line: row.line,
    });
  }
  return read;
}

function tasksOf(rows: readonly Row[], phases: readonly LoggedPhase[]): LoggedTask[] {
  const homes = new Map(
    phases.flatMap((phase) =>
      phase.milestones.map((milestone) => [milestone.id, { phase, milestone }]),
    ),
  );
  const counts = new Map<LoggedPhase, number>();
  return rows.map((row): LoggedTask => {
    const home = homes.get(textIn(row, 'milestone_id') ?? '');
    const ordinal = home === undefined ? 0 : (counts.get(home.phase) ?? 0) + 1;
    if (home !== undefined) counts.set(home.phase, ordinal);
    return {
      id: row.id,
      label: home === undefined ? null : `${home.phase.number}.${ordinal}`,
      ...titleAndText(textIn(row, 'description') ?? row.id),
      files: listIn(row, 'file_paths'),
      dependencies: listIn(row, 'dependencies'),
      verification: textIn(row, 'test_requirements'),
      milestone: home?.milestone ?? null,
      theme: home === undefined ? null : `${home.phase.number} ${home.phase.name}`,
      status: textIn(row, 'status'),
      line: row.line,
    };
  });
}

/** `Title - description` */
export function titleAndText(text: string): { title: string; description: string } {
  const at = text.indexOf(' - ');
  if (at <= 0) return { title: text.trim(), description: '' };
  return { title: text.slice(0, at).trim(), description: text.slice(at + 3).trim() };
}

const words = new Map<string, SubtaskStatus>([
  ['pending', 'pending'],
  ['in_progress', 'in_progress'],
  ['active', 'in_progress'],
  ['completed', 'claimed'],
  ['complete', 'claimed'],
  ['done', 'claimed'],
  ['blocked', 'blocked'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
]);

/** A logged status in our words: what is completed there is claimed. */
export function statusOfLogged(word: string | null): SubtaskStatus {
  return word === null ? 'pending' : (words.get(word.toLowerCase()) ?? 'needs_attention');
}
