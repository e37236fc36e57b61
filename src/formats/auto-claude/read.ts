import {
  phaseDefaults,
  planDefaults,
  type Facts,
  type Phase,
  type Plan,
  type Problem,
} from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { membersOf, rangeOfNode, textOf } from '../json';
import { asLines } from '../json-lines';
import { Keys } from '../keys';
import { duplicateId } from '../problems';
import { placeOf, readDocument, type JsonDocument } from '../json-document';
import { groupsOf, type Group, type ReadGroup } from './document';
import { claimProblems } from './claims';
import { linkLeaves, linkPhases, orderLeaves } from './links';
import { declaredIn, idNodeOf, missingId, readLeaf, type ReadLeaf } from './subtask';

/** A plan with the JSON of its subtasks. `plan` is `null` when the file has no plan's body. */
export interface JsonPlanReading {
  plan: Plan | null;
  leaves: ReadLeaf[];
  problems: Problem[];
}

export function readJsonPlan(source: PlanSource): JsonPlanReading {
  const { document, problems } = readDocument(source.text);
  const groups = document === null ? null : groupsOf(document);
  if (document === null || groups === null) return { plan: null, leaves: [], problems };
  const [phaseKeys, leafKeys] = [new Keys(), new Keys()];
  const leaves: ReadLeaf[] = [];
  const read = groups.map((group, position): ReadGroup => {
    const phase = readPhase(group, position + 1, document, phaseKeys, problems);
    phase.subtasks = group.leaves.map((node, index) => {
      const fallback = `subtask-${position + 1}-${index + 1}`;
      const leaf = readLeaf(node, fallback, document, leafKeys, problems);
      leaves.push(leaf);
      return leaf.subtask;
    });
    return { group, phase };
  });
  linkPhases(read, document.lines, problems);
  linkLeaves(read, document.lines, problems);
  orderLeaves(read);
  const plan: Plan = {
    ...planDefaults,
    format: 'auto-claude',
    title: titleOf(document, source.path),
    description: descriptionOf(document),
    facts: factsOf(document),
    phases: read.map(({ phase }) => phase),
    declaredPhases: read.filter(({ group }) => group.phase !== null).length,
  };
  return {
    plan,
    leaves,
    problems: problems.concat(claimProblems(document, read), cycleProblems(plan)),
  };
}

function readPhase(
  { phase, members }: Group,
  position: number,
  { lines, root }: JsonDocument,
  keys: Keys,
  problems: Problem[],
): Phase {
  const node = phase ?? root;
  const at = placeOf(node, lines);
  const idNode =
    phase === null ? undefined : idNodeOf(members, ['id', 'phase_id', 'phase', 'phase_number']);
  const id = textOf(idNode) ?? `phase-${position}`;
  if (phase !== null && idNode === undefined) problems.push(missingId(at, 'phase', id));
  const { key, firstLine } = keys.take(id, at.line);
  if (firstLine !== null) problems.push(duplicateId(at, id, firstLine));
  const named = phase === null ? undefined : idNodeOf(members, ['name', 'title', 'phase_name']);
  const parallel = members.get('parallel_safe');
  return {
    ...phaseDefaults,
    key,
    id: phase === null ? null : key,
    title: textOf(named) ?? id,
    dependsOn: declaredIn(members.get('depends_on') ?? members.get('prerequisites')),
    parallelSafe: parallel?.type === 'boolean' ? parallel.value === true : null,
    subtasks: [],
    line: at.line,
    range: rangeOfNode(idNode ?? node),
  };
}

/** What the plan is for, and how it is to be judged as a whole. */
function descriptionOf({ members }: JsonDocument): string {
  const own = textOf(members.get('description'))?.trim() ?? '';
  const strategy = membersOf(members.get('verification_strategy')).get('acceptance_criteria');
  const rest = ['workflow_rationale', 'recoveryNote', 'final_acceptance', 'spec_file'];
  const lines = rest.flatMap((key) => asLines(key, members.get(key)));
  return [own, ...lines, ...asLines('acceptance_criteria', strategy)]
    .filter((line) => line !== '')
    .join('\n');
}

/** What the boards of its tool say of the plan; the subtasks count. */
function factsOf({ members }: JsonDocument): Facts {
  const signoff = membersOf(members.get('qa_signoff')).get('status');
  const words = ['workflow_type', 'status', 'planStatus'].map(
    (key) => [key, members.get(key)] as const,
  );
  return Object.fromEntries(
    [...words, ['qa_signoff', signoff] as const].flatMap(([key, node]) => {
      const word = textOf(node);
      return word === null ? [] : [[key, word]];
    }),
  );
}

const titleKeys = ['feature', 'title', 'spec_name', 'spec_id', 'spec', 'task_name'];

function titleOf({ members }: JsonDocument, path: string): string {
  const title = textOf(idNodeOf(members, titleKeys))?.trim().split(/\r?\n/, 1)[0];
  return title === undefined || title === ''
    ? (path.split('/').at(-2) ?? path)
    : title.slice(0, 300);
}
