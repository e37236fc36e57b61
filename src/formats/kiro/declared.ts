import type { Dependency, Phase, Problem, SourceRange, Subtask } from '../../model/plan';
import { danglingDependency, problem, selfDependency } from '../problems';
import type { LineIndex } from '../text';
import { fieldsOf } from './fields';
import type { Names } from './names';
import type { PhaseEntry } from './phases';
import type { ReadTask } from './subtask';
import type { DeclaredOrder } from './waves';

// What the file itself says must be done first: `_Depends: …_` lines, and the maps of the graph.

interface Statement {
  to: string;
  owner: Phase | Subtask;
  from: string;
  range: SourceRange;
}

export function linkDeclared(
  tasks: readonly ReadTask[],
  entries: readonly PhaseEntry[],
  order: DeclaredOrder,
  names: Names,
  lines: LineIndex,
): Problem[] {
  const problems: Problem[] = [];
  for (const statement of statementsOf(tasks, entries, order, names, lines, problems))
    apply(statement, names, lines, problems);
  return problems;
}

function statementsOf(
  tasks: readonly ReadTask[],
  entries: readonly PhaseEntry[],
  order: DeclaredOrder,
  names: Names,
  lines: LineIndex,
  problems: Problem[],
): Statement[] {
  const owners = order.edges.length === 0 ? null : ownersOf(tasks, entries);
  const statements: Statement[] = [];
  const add = (owner: Phase | Subtask, to: string, id: string, range: SourceRange) =>
    statements.push({ owner, to, from: id, range });
  for (const { subtask, fields } of tasks)
    for (const { id, range } of fields.depends) add(subtask, subtask.id, id, range);
  const seen = new Set<PhaseEntry['owner']>();
  for (const { owner, phase } of entries) {
    if (owner === null || !('mark' in owner) || seen.has(owner)) continue;
    seen.add(owner);
    for (const { id, range } of fieldsOf(owner).depends) add(phase, phase.id ?? '', id, range);
  }
  for (const { from, to } of order.edges) {
    const meaning = names.find(to);
    const [first = ''] = meaning?.ids ?? [];
    const owner = owners?.get(`${meaning?.isGroup === true ? 'phase' : 'subtask'} ${first}`);
    if (owner !== undefined) add(owner, to, from.id, from.range);
    else
      problems.push(
        problem(
          'error',
          'dangling-dependency',
          { line: lines.lineAt(from.range.start), range: from.range },
          `The graph gives ${to} a dependency, and ${to} is not in this file. Correct the id or remove it.`,
        ),
      );
  }
  return statements;
}

function ownersOf(
  tasks: readonly ReadTask[],
  entries: readonly PhaseEntry[],
): Map<string, Phase | Subtask> {
  const owners = new Map<string, Phase | Subtask>();
  for (const { phase } of entries) owners.set(`phase ${phase.id ?? phase.key}`, phase);
  for (const { subtask } of tasks) owners.set(`subtask ${subtask.key}`, subtask);
  return owners;
}

function apply(
  { owner, to, from, range }: Statement,
  names: Names,
  lines: LineIndex,
  problems: Problem[],
): void {
  const at = { line: lines.lineAt(range.start), range };
  const meaning = names.find(from);
  if (meaning === null) {
    problems.push(danglingDependency(at, to, from));
    owner.dependsOn.push({ id: from, kind: 'declared', range });
    return;
  }
  if (from === to) problems.push(selfDependency(at, to));
  // Of a group in several phases the first stands for what the file says.
  meaning.ids.forEach((id, position) => {
    if (owner.dependsOn.some((known) => known.id === id)) return;
    const kind: Dependency['kind'] = position === 0 ? 'declared' : 'implied';
    owner.dependsOn.push({ id, kind, range: position === 0 ? range : null });
  });
}
