import type { Node } from 'jsonc-parser';
import { subtasksOf, type Fact, type Facts, type Plan, type Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { elementsOf, membersOf, textOf } from '../json';
import { readDocument } from '../json-document';
import { asLines } from '../json-lines';
import { markdownLines, type MarkdownLine } from '../markdown';
import { problem } from '../problems';
import { baseName } from '../text';
import { readJsonPlan } from './read';

// What stands beside a plan in its folder, and the copy of it that a worktree has.

const planName = 'implementation_plan.json';

/** The kind of a file that belongs to a spec and is no plan: its own name. */
export function kindOfSidecar(path: string): string {
  const name = baseName(path);
  return name === 'init.sh' ? 'init_script' : name.replace(/\.[a-z]+$/i, '');
}

/** Where a worktree of a spec has its copy of the file: beside the specs, and in old versions. */
const copies = [
  /^((?:.*\/)?)\.auto-claude\/worktrees\/tasks\/[^/]+\/(\.auto-claude\/specs\/.+)$/,
  /^((?:.*\/)?)\.worktrees\/[^/]+\/(\.auto-claude\/specs\/.+)$/,
];

/** The file of which this one is a worktree's copy; `null`: of none. */
export function originalOf(path: string): string | null {
  for (const copy of copies) {
    const match = copy.exec(path);
    if (match !== null) return `${match[1] ?? ''}${match[2] ?? ''}`;
  }
  return null;
}

/** The files that are read with a plan. */
export function sidecarsOf(path: string): string[] {
  if (baseName(path) !== planName) return [];
  const folder = path.slice(0, -planName.length);
  const beside = ['requirements.json', 'task_metadata.json', 'review_state.json', 'spec.md'];
  const memory = ['attempt_history.json', 'build_commits.json'].map((name) => `memory/${name}`);
  return [...beside, ...memory].map((name) => `${folder}${name}`).concat(copiesOf(path));
}

function copiesOf(path: string): string[] {
  const match = /^((?:.*\/)?)(\.auto-claude\/specs\/([^/]+)\/[^/]+)$/.exec(path);
  if (match === null || originalOf(path) !== null) return [];
  const [, project = '', own = '', spec = ''] = match;
  return [
    `${project}.auto-claude/worktrees/tasks/${spec}/${own}`,
    `${project}.worktrees/${spec}/${own}`,
  ];
}

/** What the other files add to a plan, and where a copy of it says something else. */
export function withSidecars(plan: Plan, source: PlanSource): { plan: Plan; problems: Problem[] } {
  const description = [plan.description];
  let overview: string[] = [];
  let facts = plan.facts;
  const problems: Problem[] = [];
  for (const file of source.others?.values() ?? []) {
    const name = baseName(file.path);
    if (name === planName) problems.push(...drift(plan, file));
    else if (name === 'spec.md') overview = overviewOf(file);
    else {
      const read = readSidecar(file);
      description.push(...read.lines);
      facts = { ...facts, ...read.facts };
    }
  }
  const told = description.filter((line) => line !== '');
  const shown = (told.length > 0 ? told : overview).join('\n');
  return { plan: { ...plan, description: shown, facts }, problems };
}

interface Sidecar {
  lines: string[];
  facts: Facts;
}

const readSidecar = perFile(({ path, text }: SourceFile): Sidecar => {
  const name = kindOfSidecar(path);
  const { document } = readDocument(text);
  const members = document?.members ?? new Map<string, Node>();
  switch (name) {
    case 'requirements': {
      const keys = ['task_description', 'user_requirements', 'acceptance_criteria', 'constraints'];
      return { lines: keys.flatMap((key) => asLines(key, members.get(key))), facts: {} };
    }
    case 'task_metadata':
      return { lines: [], facts: { task: textFacts(members, taskKeys) } };
    case 'review_state':
      return { lines: [], facts: { approved: members.get('approved')?.value === true } };
    case 'attempt_history':
      return { lines: [], facts: attempts(members) };
    case 'build_commits':
      return { lines: [], facts: { commits: commits(members) } };
    default:
      return { lines: [], facts: {} };
  }
});

/** The first paragraph of a specification. */
const overviewOf = perFile(({ text }: SourceFile): string[] => {
  const lines = markdownLines(text).filter(({ kind }) => kind === 'text');
  const isProse = ({ blank, heading }: MarkdownLine) => !blank && heading === null;
  const start = lines.findIndex(isProse);
  const rest = start < 0 ? [] : lines.slice(start);
  const end = rest.findIndex((line) => !isProse(line));
  return rest.slice(0, end < 0 ? rest.length : end).map((line) => line.text.trim());
});

const taskKeys = ['category', 'priority', 'complexity', 'impact', 'model', 'baseBranch'];

/** The texts under these keys. */
function textFacts(members: ReadonlyMap<string, Node>, keys: readonly string[]): Facts {
  return Object.fromEntries(
    keys.flatMap((key): [string, Fact][] => {
      const text = textOf(members.get(key));
      return text === null ? [] : [[key, text]];
    }),
  );
}

/** How often each subtask was tried, as its tool counted, and which it called stuck. */
function attempts(members: ReadonlyMap<string, Node>): Facts {
  const tried = [...membersOf(members.get('subtasks'))].map(([id, node]): [string, number] => [
    id,
    elementsOf(membersOf(node).get('attempts')).length,
  ]);
  const stuck = elementsOf(members.get('stuck_subtasks')).flatMap(
    (node) => textOf(node) ?? textOf(membersOf(node).get('subtask_id')) ?? [],
  );
  return { attempts: Object.fromEntries(tried), stuck };
}

function commits(members: ReadonlyMap<string, Node>): Fact[] {
  return elementsOf(members.get('commits')).map((node) =>
    textFacts(membersOf(node), ['subtask_id', 'hash', 'timestamp']),
  );
}

const readCopy = perFile((file: SourceFile) => readJsonPlan(file).plan);

/** Upstream copies one plan over the other in both directions: which is newer nobody knows. */
function drift(plan: Plan, file: SourceFile): Problem[] {
  const copy = readCopy(file);
  if (copy === null) return [];
  const there = new Map(subtasksOf(copy).map(({ key, status }) => [key, status]));
  const differ = subtasksOf(plan).filter(
    ({ key, status }) => there.has(key) && there.get(key) !== status,
  );
  const [first] = differ;
  if (first === undefined) return [];
  const named = differ.slice(0, 5).map(({ id, key, status }) => {
    return `${id} (${status} here, ${there.get(key) ?? ''} there)`;
  });
  const message = `The copy ${file.path} has other statuses: ${named.join(', ')}${differ.length > 5 ? ', …' : ''}. Only this file is read and written; see which of the two is right.`;
  return [problem('warning', 'copy-drift', first, message)];
}
