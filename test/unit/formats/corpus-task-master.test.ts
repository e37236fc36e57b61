import assert from 'node:assert/strict';
import { z } from 'zod';
import type { PlanJson } from '../../../src/cli/plan-json';
import type { PlanSource } from '../../../src/formats/format';
import { subtasksOf, type Plan } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import { describeCorpus, type Expected } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';
import type { WritingRules } from '../../support/format-properties';

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
      leftOut: sum(plans, ({ counts }) => counts.leftOut),
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

const itemSchema = z.object({ status: z.string().optional(), updatedAt: z.string().optional() });
type Item = z.infer<typeof itemSchema>;
const taskSchema = itemSchema.extend({ subtasks: z.array(itemSchema).nullish() });
const tagSchema = z.object({
  tasks: z.array(taskSchema),
  metadata: z.object({ updated: z.string().optional() }).optional(),
});

const words: Partial<Record<SubtaskStatus, string>> = {
  done: 'done',
  pending: 'pending',
  in_progress: 'in-progress',
  blocked: 'blocked',
};

const isDone = (status: string | undefined) => status === 'done' || status === 'completed';

function stamp(old: string | undefined): string[] {
  if (old === undefined) return [];
  return [`${old}→${old.includes('.') ? '2026-03-04T05:06:07.000Z' : '2026-03-04T05:06:07Z'}`];
}

interface Leaf {
  leaf: Item;
  parent: (Item & { subtasks: Item[] }) | null;
}

function leavesOf(task: z.infer<typeof taskSchema>): Leaf[] {
  const subtasks = task.subtasks ?? [];
  if (subtasks.length === 0) return [{ leaf: task, parent: null }];
  return subtasks.map((leaf) => ({ leaf, parent: { ...task, subtasks } }));
}

/** The table of the format, by what the JSON says at the subtask's position. */
function tableOf({ text }: PlanSource, plan: Plan): WritingRules {
  const root = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  const tag = tagSchema.parse('tasks' in root ? root : root[plan.name]);
  const leaves = tag.tasks.flatMap(leavesOf);
  const keys = subtasksOf(plan).map(({ key }) => key);
  return {
    changes: ['labels', 'notReady'],
    expected({ key }, status) {
      const found = leaves[keys.indexOf(key)];
      assert.ok(found, key);
      const { leaf, parent } = found;
      const word = words[status];
      const same = leaf.status === word || (word === 'done' && isDone(leaf.status));
      if (word === undefined || same) return '';
      if (leaf.status === undefined && word !== 'done') return '';
      const own =
        leaf.status === undefined
          ? `→"status": "done",\n${' '.repeat(12)}`
          : `${leaf.status}→${word}`;
      const others = parent?.subtasks.filter((other) => other !== leaf) ?? [];
      const ends =
        word === 'done' &&
        !isDone(parent?.status) &&
        others.every((other) => isDone(other.status ?? (isDone(parent?.status) ? 'done' : '')));
      const starts = word === 'in-progress' && parent?.status === 'pending';
      const above =
        parent !== null && (ends || starts)
          ? [`${parent.status ?? ''}→${word}`, ...stamp(parent.updatedAt)]
          : [];
      return [own, ...stamp(leaf.updatedAt), ...above, ...stamp(tag.metadata?.updated)].join(' | ');
    },
  };
}

describeCorpusWriting('task-master', tableOf);
