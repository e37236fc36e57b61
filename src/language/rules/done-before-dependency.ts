import { subtasksOf } from '../../model/plan';
import { satisfiesDependents } from '../../model/schedule';
import type { Rule } from './rule';

/** A tick whose prerequisite is open: one of the two boxes is wrong. */
export const doneBeforeDependency: Rule = {
  id: 'done-before-dependency',
  check(plan) {
    const subtasks = subtasksOf(plan);
    const byKey = new Map(subtasks.map((subtask) => [subtask.key, subtask]));
    return subtasks.flatMap((subtask) => {
      if (subtask.status !== 'claimed') return [];
      const { id, line, idRange, path } = subtask;
      return subtask.dependsOn
        .filter(({ kind }) => kind === 'declared')
        .flatMap((dependency) => byKey.get(dependency.id) ?? [])
        .filter((before) => !satisfiesDependents(before.status, true))
        .map((before) => ({
          rule: this.id,
          severity: 'warning' as const,
          line,
          message: `${id} is marked as done, but ${before.id}, on which it depends, is not.`,
          range: idRange,
          ...(path === null ? {} : { path }),
        }));
    });
  },
};
