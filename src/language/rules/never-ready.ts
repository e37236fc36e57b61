import { subtasksOf } from '../../model/plan';
import type { Rule } from './rule';

const mostNamed = 50;

/**
 * Subtasks behind one that waits for itself, for nothing that exists, or in a circle. Those
 * themselves are reported while a plan is read; this says what else stands still because of them.
 */
export const neverReady: Rule = {
  id: 'never-ready',
  check(plan, graph) {
    const all = subtasksOf(plan);
    const waiting = all.filter(({ key }) => graph.unreachable.has(key));
    const behind = waiting.filter(({ key, dependsOn }) => {
      const isCause =
        graph.cycleOf.has(key) ||
        dependsOn.some(
          ({ id, kind }) => kind !== 'conflict' && (id === key || !graph.byId.has(id)),
        );
      return !isCause;
    });
    const [first] = behind;
    if (first === undefined) return [];
    const names = waiting.slice(0, mostNamed).map(({ id }) => id);
    const more = waiting.length > mostNamed ? ', …' : '';
    return [
      {
        rule: this.id,
        severity: 'warning',
        line: first.line,
        message: `${waiting.length} of ${all.length} can never start, because of what they wait for: ${names.join(', ')}${more}.`,
        range: first.idRange ?? first.range,
        ...(first.path === null ? {} : { path: first.path }),
      },
    ];
  },
};
