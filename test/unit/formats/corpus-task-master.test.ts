import assert from 'node:assert/strict';
import { z } from 'zod';
import type { PlanJson } from '../../../src/cli/plan-json';
import { describeCorpus, type Expected } from '../../support/corpus';

const tagsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** A file with several tags has its sums at the top, and an expectation for each. */
function pairs(expected: Expected, plans: readonly PlanJson[]): [Expected, PlanJson][] {
  const [first] = plans;
  assert.ok(first);
  const { tags, ...sums } = expected;
  if (tags === undefined) return [[expected, first]];
  const whole: PlanJson = {
    ...first,
    phases: plans.flatMap(({ phases }) => phases),
    counts: {
      phases: sum(plans, ({ counts }) => counts.phases),
      subtasks: sum(plans, ({ counts }) => counts.subtasks),
      done: sum(plans, ({ counts }) => counts.done),
    },
  };
  const named = Object.entries(tagsSchema.parse(tags));
  assert.deepEqual(
    plans.map(({ name }) => name),
    named.map(([name]) => name),
  );
  const each = named.map(([name, own]): [Expected, PlanJson] => {
    const plan = plans.find((one) => one.name === name);
    assert.ok(plan, name);
    return [own, plan];
  });
  return [[sums, whole], ...each];
}

function sum(plans: readonly PlanJson[], of: (plan: PlanJson) => number): number {
  return plans.reduce((total, plan) => total + of(plan), 0);
}

describeCorpus('task-master', { problems: 'least', pairs });
