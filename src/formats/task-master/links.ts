import type { Node } from 'jsonc-parser';
import type { Dependency } from '../../model/plan';
import { distinct } from '../graph';
import { elementsOf, rangeOfNode } from '../json';
import { danglingDependency, problem, selfDependency, type Place } from '../problems';
import type { Item, Parent, ReadTag, TagContext } from './items';
import { absoluteId, writtenId } from './task';
import { statusOfWord } from './words';

/** What keeps an item from being run at all, as sentences. */
type Obstacles = string[];

interface Names {
  items: ReadonlyMap<string, Item>;
  /** By the keys of those that are deferred or cancelled: the word. */
  given: ReadonlyMap<string, string>;
  /** Keys of those that have subtasks. */
  tasks: ReadonlySet<string>;
}

/** Gives every phase and subtask of a tag its dependencies, and says what can never start. */
export function linkTag({ parents, leaves }: ReadTag, context: TagContext): void {
  const items = [...parents, ...leaves].map(({ item }) => item);
  const names: Names = {
    items: new Map(items.map((item) => [item.key, item])),
    given: new Map(items.flatMap((item) => givenUp(item))),
    tasks: new Set(parents.map(({ item }) => item.key)),
  };
  const ofParents = new Map<Parent, Obstacles>();
  for (const parent of parents) {
    const { dependencies, obstacles } = linked(parent.item, null, names, context);
    parent.phase.dependsOn = dependencies;
    ofParents.set(parent, obstacles);
  }
  for (const { item, subtask, parent } of leaves) {
    const { dependencies, obstacles } = linked(item, parent, names, context);
    subtask.dependsOn = dependencies;
    const [first] = [...obstacles, ...((parent && ofParents.get(parent)) ?? [])];
    if (first !== undefined && subtask.status === 'pending') subtask.notReady = first;
    const word = parent === null ? undefined : names.given.get(parent.item.key);
    if (parent !== null && word !== undefined)
      subtask.leftOut = `its task ${parent.item.id} is ${word}`;
  }
}

function givenUp({ members, key }: Item): [string, string][] {
  const node = members.get('status');
  const word = typeof node?.value === 'string' ? node.value : '';
  return statusOfWord(word) === 'skipped' ? [[key, word]] : [];
}

function linked(
  item: Item,
  parent: Parent | null,
  names: Names,
  context: TagContext,
): { dependencies: Dependency[]; obstacles: Obstacles } {
  const obstacles: Obstacles = [];
  const dependencies: Dependency[] = [];
  for (const node of entriesOf(item.members.get('dependencies'))) {
    const written = writtenId(node, context.text);
    if (written === null) continue;
    const range = rangeOfNode(node);
    const at = { line: context.lines.lineAt(node.offset), range };
    const target = meant(written, item, parent, names, at, context);
    if (target === null) {
      obstacles.push(`It depends on ${written}, which is not in its tag.`);
      continue;
    }
    const word = names.given.get(target.key);
    if (word !== undefined) {
      // Whether its subtasks are done says nothing here: for the tool it is never satisfied.
      if (names.tasks.has(target.key))
        obstacles.push(`It depends on ${target.id}, which is ${word}.`);
      context.problems.push(blockedBy(at, item, target.id, word));
    }
    dependencies.push({ id: target.key, kind: 'declared', range });
  }
  return { dependencies: distinct(dependencies), obstacles };
}

/** The ids of a list, or one alone. */
function entriesOf(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  return node.type === 'array' ? elementsOf(node) : [node];
}

/** A subtask's dependency means its sibling, where there is one; else any item by its full id. */
function meant(
  written: string,
  item: Item,
  parent: Parent | null,
  { items }: Names,
  at: Place,
  { problems }: TagContext,
): Item | null {
  const sibling = items.get(absoluteId(written, parent?.item ?? null));
  const target = sibling ?? items.get(written);
  if (target === undefined) {
    problems.push(danglingDependency(at, item.id, written, 'this tag'));
    return null;
  }
  if (target.key === item.key) problems.push(selfDependency(at, item.id));
  if (sibling === undefined && !written.includes('.')) {
    const message = `${item.id} has no sibling ${written}; the task ${written} is meant. Task Master looks for ${absoluteId(written, parent?.item ?? null)} and waits for ever: write the full id.`;
    problems.push(problem('warning', 'ambiguous-dependency', at, message));
  }
  return target;
}

function blockedBy(at: Place, { id }: Item, on: string, word: string) {
  const message = `${id} depends on ${on}, which is ${word}, so it never gets ready. Remove the dependency, or take ${on} up again.`;
  return problem('warning', 'blocked-by-cancelled', at, message);
}
