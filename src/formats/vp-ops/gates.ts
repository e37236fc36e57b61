import type { Gate, GateTrigger, Phase, Problem, SourceRange } from '../../model/plan';
import { Keys } from '../keys';
import type { MarkdownLine } from '../markdown';
import { problem, type Place } from '../problems';
import { slug } from '../text';
import { bulletsBelow, bulletText, fieldIn, placeOf, sectionsOf } from './document';

// Gates between batches. What a criterion begins with may look like a command: it is never run
// by itself, and a person says whether a criterion is met.

/** A gate before its batch is known. */
export interface ReadGate {
  title: string;
  trigger: string;
  criteria: string[];
  at: Place;
  range: SourceRange;
}

export function readGates(lines: readonly MarkdownLine[], problems: Problem[]): ReadGate[] {
  return sectionsOf(lines, 3).map(({ heading, line, lines: own }) => {
    const trigger = fieldIn(own, 'Trigger')?.value ?? '';
    const criteria = fieldIn(own, 'Criteria');
    const bullets = criteria === null ? [] : bulletsBelow(own, criteria.line);
    for (const bullet of bullets)
      problems.push(...notRunnable(bulletText(bullet), placeOf(bullet)));
    return {
      title: heading.title,
      trigger,
      criteria: bullets.map(bulletText),
      at: placeOf(line),
      range: heading.range,
    };
  });
}

/** The command that a criterion begins with: a candidate for a check, once a person binds it. */
export function candidateCommand(criterion: string): string | null {
  return /^`([^`]+)`/.exec(criterion)?.[1] ?? null;
}

function notRunnable(criterion: string, at: Place): Problem[] {
  if (candidateCommand(criterion) !== null || /\bmanual(?:ly)?\b/i.test(criterion)) return [];
  const message =
    'This criterion begins with no command and is not marked as manual: a person decides it.';
  return [problem('info', 'gate-criterion-not-runnable', at, message)];
}

/** What a trigger's text says: behind a batch, or behind a milestone. */
export function triggerOf(text: string): { batch: string } | { milestone: string } | null {
  const batch = /^\s*After\s+Batch\s+(\d{1,6})\b/i.exec(text)?.[1];
  if (batch !== undefined) return { batch };
  const milestone = /\bM(\d{1,4}\.\d{1,4})\b/.exec(text)?.[1];
  return milestone === undefined ? null : { milestone };
}

// Each gate holds all that comes later, so their number must stay small.
const mostGates = 100;

/** Gates with the phases that they stand behind; each blocks all that comes later. */
export function placeGates(
  gates: readonly ReadGate[],
  phases: readonly Phase[],
  milestones: ReadonlyMap<string, readonly string[]>,
  problems: Problem[],
): Gate[] {
  const keys = new Keys();
  const extra = gates[mostGates];
  if (extra !== undefined) {
    const message = `Only the first ${mostGates} gates are read. Split the plan.`;
    problems.push(problem('error', 'too-many-gates', extra.at, message));
  }
  return gates.slice(0, mostGates).map((gate): Gate => {
    const trigger = triggerOf(gate.trigger);
    const at = trigger !== null && 'batch' in trigger ? trigger.batch : null;
    const index = phases.findIndex(({ id }) => id !== null && id === at);
    const phase = phases[index];
    const after =
      trigger !== null && 'milestone' in trigger ? (milestones.get(trigger.milestone) ?? []) : [];
    if (phase === undefined && trigger !== null && 'milestone' in trigger && after.length === 0) {
      const message = `The gate ${gate.title} opens behind the milestone M${trigger.milestone}, which only the event log of the session knows; until then a person opens it.`;
      problems.push(problem('info', 'dependency-needs-log', gate.at, message));
    } else if (phase === undefined && after.length === 0) {
      const message = `When the gate ${gate.title} opens is not understood: ${gate.trigger || 'it has no trigger'}. Write "After Batch N completion"; until then a person opens it.`;
      problems.push(problem('warning', 'gate-trigger-unparsed', gate.at, message));
    }
    const { key } = keys.take(slug(gate.title) || 'gate', gate.at.line);
    return {
      key,
      id: key,
      title: gate.title,
      kind: 'human',
      trigger: phase === undefined ? behind(after) : { type: 'after_phase', phaseKey: phase.key },
      after: after.slice(0, -1),
      // The trigger means all later phases.
      blocks: [],
      criteria: gate.criteria.map((text) => ({ text, validator: null })),
      line: gate.at.line,
      range: gate.range,
    };
  });
}

function behind(keys: readonly string[]): GateTrigger {
  const subtaskKey = keys.at(-1);
  return subtaskKey === undefined ? { type: 'manual' } : { type: 'after_subtask', subtaskKey };
}
