import type { Fact, Facts, Phase, Plan, PlanReading, Subtask } from '../model/plan';
import { maskSecrets } from '../model/secrets';
import { withoutKeptBytes } from './decode';

// Plans hold credentials that somebody pasted. What is stored, shown and logged of a plan comes
// from readings without them; ids, keys and paths stay, and what is run stays as it was written.

function shown(text: string): string {
  return withoutKeptBytes(maskSecrets(text));
}

function isClean(text: string): boolean {
  return shown(text) === text;
}

/** The reading with credentials masked in every text that people read. */
export function masked(reading: PlanReading): PlanReading {
  return {
    ...reading,
    plans: reading.plans.map(maskPlan),
    problems: reading.problems.map((one) => ({ ...one, message: shown(one.message) })),
    facts: maskFacts(reading.facts),
  };
}

function maskPlan(plan: Plan): Plan {
  return {
    ...plan,
    title: shown(plan.title),
    description: shown(plan.description),
    facts: maskFacts(plan.facts),
    phases: plan.phases.map(maskPhase),
    gates: plan.gates.map((gate) => ({
      ...gate,
      title: shown(gate.title),
      criteria: gate.criteria.map((one) => ({ ...one, text: shown(one.text) })),
    })),
  };
}

function maskPhase(phase: Phase): Phase {
  return {
    ...phase,
    title: shown(phase.title),
    checkpoint: phase.checkpoint === null ? null : shown(phase.checkpoint),
    subtasks: phase.subtasks.map(maskSubtask),
  };
}

function maskSubtask(subtask: Subtask): Subtask {
  const { title, detail, labels, verification, notReady } = subtask;
  // A plan may have thousands, and nearly none has anything to mask.
  if (
    [title, detail, notReady ?? ''].every(isClean) &&
    labels.every(isClean) &&
    verification.every(isClean)
  )
    return subtask;
  return {
    ...subtask,
    title: shown(subtask.title),
    detail: shown(subtask.detail),
    labels: subtask.labels.map(shown),
    verification: subtask.verification.map(shown),
    notReady: subtask.notReady === null ? null : shown(subtask.notReady),
    leftOut: subtask.leftOut === null ? null : shown(subtask.leftOut),
  };
}

function maskFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, maskFact(fact)] as const),
  );
}

function maskFact(fact: Fact): Fact {
  if (typeof fact === 'string') return shown(fact);
  if (typeof fact !== 'object' || fact === null) return fact;
  return isList(fact) ? fact.map(maskFact) : maskFacts(fact);
}

function isList(fact: Fact): fact is readonly Fact[] {
  return Array.isArray(fact);
}
