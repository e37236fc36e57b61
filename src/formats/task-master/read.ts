import { phaseDefaults, planDefaults, type Phase, type Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { rangeOfNode, textOf } from '../json';
import { placeOf, readDocument } from '../json-document';
import { Keys } from '../keys';
import { noTasks, problem } from '../problems';
import { baseName } from '../text';
import { claimProblems } from './claims';
import type { Item, Parent, ReadTag, TagContext } from './items';
import { linkTag } from './links';
import { defaultTag, tagsOf, type Tag } from './tags';
import { itemOf, objectsOf, readLeaf, statusOfParent, titleOf } from './task';

export function readTags(source: PlanSource): { tags: ReadTag[]; problems: Problem[] } {
  const { document, problems } = readDocument(source.text);
  if (document === null) return { tags: [], problems };
  const tags = tagsOf(document.root).map((tag) =>
    readTag(tag, source.path, {
      text: source.text,
      lines: document.lines,
      keys: new Keys(),
      problems,
    }),
  );
  if (tags.length === 0)
    problems.push(
      noTasks('No tag of this file has a list of tasks. It is read again when it changes.'),
    );
  return { tags, problems };
}

/** What the tool itself writes as a tag's description says nothing. */
const byTool = /^(?:Tasks for \S+ context|Tag created on \S+)$/i;

/** As a person describes the tag; the tool's usual one has the name of the project's folder. */
function planTitle({ name, metadata }: Tag, path: string): string {
  const [description = '', project = ''] = ['description', 'projectName'].map((key) =>
    (textOf(metadata.get(key)) ?? '').trim(),
  );
  if (description !== '' && !byTool.test(description)) return description.slice(0, 300);
  if (name !== defaultTag) return name;
  const folder = path.replace(/(?:(?:^|\/)\.taskmaster)?(?:(?:^|\/)tasks)?\/?[^/]*$/, '');
  return project !== '' ? project.slice(0, 300) : folder.split('/').at(-1) || baseName(path);
}

function readTag(tag: Tag, path: string, context: TagContext): ReadTag {
  const read: ReadTag = {
    plan: {
      ...planDefaults,
      format: 'task-master',
      name: tag.name,
      title: planTitle(tag, path),
      phases: [],
      declaredPhases: 0,
    },
    parents: [],
    leaves: [],
    metadata: tag.metadata,
  };
  const loose: Phase[] = [];
  for (const [position, node] of objectsOf(tag.tasks, context).entries())
    readTask(itemOf(node, position, null, context), read, loose, context);
  if (read.leaves.length === 0) context.problems.push(emptyTag(tag, context));
  for (const phase of loose) phase.key = context.keys.take('tasks', phase.line).key;
  linkTag(read, context);
  context.problems.push(...claimProblems(read, context), ...cycleProblems(read.plan));
  return read;
}

/** Tags are made before their tasks are, and may stay empty. */
function emptyTag({ name, tasks }: Tag, { lines }: TagContext): Problem {
  const place = placeOf(tasks, lines);
  return problem('info', 'no-tasks', place, `The tag ${name} has no tasks yet.`);
}

/** A task with subtasks is a phase; others stand in phases without an id, where they are. */
function readTask(item: Item, read: ReadTag, loose: Phase[], context: TagContext): void {
  const { plan } = read;
  const nodes = objectsOf(item.members.get('subtasks'), context);
  if (nodes.length === 0) {
    const leaf = readLeaf(item, null, context);
    let last = plan.phases.at(-1);
    if (last === undefined || last.id !== null) {
      last = phaseOf(item, null, plan.title);
      loose.push(last);
      plan.phases.push(last);
    }
    last.subtasks.push(leaf.subtask);
    read.leaves.push(leaf);
    return;
  }
  const parent: Parent = {
    item,
    phase: phaseOf(item, item.key, titleOf(item)),
    status: statusOfParent(item, context),
    leaves: [],
  };
  parent.leaves = nodes.map((node, position) =>
    readLeaf(itemOf(node, position, item, context), parent, context),
  );
  parent.phase.subtasks = parent.leaves.map(({ subtask }) => subtask);
  plan.phases.push(parent.phase);
  plan.declaredPhases += 1;
  read.parents.push(parent);
  read.leaves.push(...parent.leaves);
}

function phaseOf({ node, at, idNode }: Item, id: string | null, title: string): Phase {
  return {
    ...phaseDefaults,
    key: id ?? '',
    id,
    title,
    dependsOn: [],
    subtasks: [],
    line: at.line,
    range: rangeOfNode(id === null ? node : (idNode ?? node)),
  };
}
