import { isPlaceholder } from '../../formats/placeholder';
import { subtasksOf } from '../../model/plan';
import type { Rule } from './rule';

/** Work of which a template's text was never replaced by what is meant. */
export const templatePlaceholder: Rule = {
  id: 'template-placeholder',
  check(plan) {
    return subtasksOf(plan)
      .filter(({ title, detail }) => isPlaceholder(`${title}\n${detail}`))
      .map(({ id, line, range, path }) => ({
        rule: this.id,
        severity: 'warning' as const,
        line,
        message: `${id} is the placeholder of a template. Write what is to be done, or remove it.`,
        range,
        ...(path === null ? {} : { path }),
      }));
  },
};
