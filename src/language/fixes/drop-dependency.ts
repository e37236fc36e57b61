import { graphOf } from '../../model/plan-graph';
import { subtasksOf, type SourceRange } from '../../model/plan';
import { fileAt } from '../document';
import type { Fix, Fixer, Trouble } from './fix';
import { itemRemoved } from './list-items';

/** Takes an id out of the list in which it must not stand. */
export const dropDependency: Fixer = {
  rules: [
    'self-dependency',
    'dangling-dependency',
    'blocked-by-cancelled',
    'dependency-not-a-plan',
    'unknown-id-in-wave',
    'id-in-two-waves',
  ],
  changes: ['order', 'words'],
  propose(trouble) {
    const { problem, path, text } = trouble;
    if (problem.range === null) return [];
    const id = shownAt(text, problem.range);
    const isInWave = problem.rule.endsWith('-wave') || problem.rule.endsWith('-waves');
    const title = isInWave ? `Remove ${id} from the wave` : `Remove the dependency on ${id}`;
    return removal(trouble, path, problem.range, title);
  },
};

const mostEdges = 8;

/** Takes one dependency of a circle away; which one, a person says. */
export const breakCycle: Fixer = {
  rules: ['dependency-cycle'],
  changes: ['order', 'words'],
  propose(trouble) {
    const { problem, files } = trouble;
    const home = files.source.path;
    return files.reading.plans.flatMap((plan) => {
      const { cycleOf } = graphOf(plan);
      const first = subtasksOf(plan).find(
        ({ line, path, key }) =>
          line === problem.line && (path ?? home) === trouble.path && cycleOf.has(key),
      );
      const cycle = first === undefined ? undefined : cycleOf.get(first.key);
      if (cycle === undefined) return [];
      const members = subtasksOf(plan).filter(({ key }) => cycleOf.get(key) === cycle);
      const names = new Map(members.map(({ key, id }) => [key, id]));
      const edges = members.flatMap(({ id, path, dependsOn }) =>
        dependsOn.flatMap(({ id: before, range }): Fix[] => {
          const name = names.get(before);
          if (name === undefined || range === null) return [];
          return removal(trouble, path ?? home, range, `Let ${id} no longer wait for ${name}`);
        }),
      );
      return edges.slice(0, mostEdges);
    });
  },
};

function removal({ files }: Trouble, path: string, range: SourceRange, title: string): Fix[] {
  const text = fileAt(files.source, path)?.text ?? '';
  const edit = itemRemoved(path, text, range);
  return edit === null ? [] : [{ title, edits: [{ ...edit, path }] }];
}

function shownAt(text: string, { start, end }: SourceRange): string {
  return text.slice(start, Math.min(end, start + 60)).replace(/^["']|["']$/g, '');
}
