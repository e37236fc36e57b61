import type { Fact, Facts, Phase, Plan, PlanReading, Subtask } from '../model/plan';
import { maskSecrets } from '../model/secrets';

// Plans hold credentials that somebody pasted. What is stored, shown and logged of a plan comes
// from readings without them; ids, keys and paths stay, and what is run stays as it was written.

/** The reading with credentials masked in every text that people read. */
export function masked(reading: PlanReading): PlanReading {
  return {
    ...reading,
    plans: reading.plans.map(maskPlan),
    problems: reading.problems.map((one) => ({ ...one, message: maskSecrets(one.message) })),
    facts: maskFacts(reading.facts),
  };
}

function maskPlan(plan: Plan): Plan {
  return {
    ...plan,
    title: maskSecrets(plan.title),
    description: maskSecrets(plan.description),
    facts: maskFacts(plan.facts),
    phases: plan.phases.map(maskPhase),
    gates: plan.gates.map((gate) => ({
      ...gate,
      title: maskSecrets(gate.title),
      criteria: gate.criteria.map((one) => ({ ...one, text: maskSecrets(one.text) })),
    })),
  };
}

function maskPhase(phase: Phase): Phase {
  return {
    ...phase,
    title: maskSecrets(phase.title),
    checkpoint: phase.checkpoint === null ? null : maskSecrets(phase.checkpoint),
    subtasks: phase.subtasks.map(maskSubtask),
  };
}

function maskSubtask(subtask: Subtask): Subtask {
  return {
    ...subtask,
    title: maskSecrets(subtask.title),
    detail: maskSecrets(subtask.detail),
    labels: subtask.labels.map(maskSecrets),
    verification: subtask.verification.map(maskSecrets),
    notReady: subtask.notReady === null ? null : maskSecrets(subtask.notReady),
  };
}

function maskFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, maskFact(fact)] as const),
  );
}

function maskFact(fact: Fact): Fact {
  if (typeof fact === 'string') return maskSecrets(fact);
  if (typeof fact !== 'object' || fact === null) return fact;
  return isList(fact) ? fact.map(maskFact) : maskFacts(fact);
}

function isList(fact: Fact): fact is readonly Fact[] {
  return Array.isArray(fact);
}
