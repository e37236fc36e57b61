import { personAgent, subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import { nameChecks, parseCheck } from '../check-syntax';
import { childrenOf, type Child, type ChildTag } from './children';
import type { Form, RawTask } from './scan';
import { taskProblems } from './task-problems';
import { filesIn, folded, humanChecksIn, optionsIn, textOf, verificationIn } from './task-text';

/** A task of a plan file, without what only the plan or the tree know of it. */
export interface ReadTask {
  /** The words of `<name>`, or of the heading; `null` without. */
  written: string | null;
  type: string;
  isGate: boolean;
  /** Checks that a person makes at the end of the phase. */
  humanChecks: number;
  /** Key and id are its number in the file. */
  subtask: Subtask;
}

export function readTask(
  text: string,
  raw: RawTask,
  form: Form,
  number: number,
  problems: Problem[],
): ReadTask {
  const children = raw.heading === null ? childrenOf(text, raw.body, raw.start) : [];
  const type = typeOf(raw, form);
  const isGate = type.startsWith('checkpoint') || type === 'manual' || raw.attributes.has('gate');
  if (form === 'tasks') problems.push(...taskProblems(raw, children, type, isGate));
  const name = textOf(children, 'name', 'n');
  const written = raw.heading ?? (name === null ? null : folded(name));
  const own = raw.heading === null ? ownDetail(children, isGate) : headingDetail(text, raw);
  const subtask: Subtask = {
    ...subtaskDefaults,
    ...{ key: String(number), keyOrigin: 'position', id: String(number) },
    title: titleOf(written, raw, children, number),
    detail: own,
    dependsOn: [],
    files: filesIn(textOf(children, 'files') ?? ''),
    labels: labelsOf(raw, type, form),
    optional: /^(?:optional|advisory)$/.test(raw.attributes.get('gate') ?? ''),
    verification: isGate ? [] : verificationOf(children),
    checks: [],
    line: raw.line.number,
    range: { start: raw.line.start, end: Math.max(raw.line.end, raw.end) },
  };
  if (isGate) makeGate(subtask, children);
  const humanChecks = humanChecksIn(children.find(({ tag }) => tag === 'verify')?.content ?? '');
  return { written, type, isGate, humanChecks, subtask };
}

function typeOf({ attributes }: RawTask, form: Form): string {
  if (form === 'feature') return 'tdd-feature';
  return form === 'markdown' ? 'markdown' : (attributes.get('type') ?? 'auto');
}

const longestTitle = 200;

function titleOf(
  written: string | null,
  { attributes }: RawTask,
  children: readonly Child[],
  number: number,
): string {
  const named = written?.replace(/^Task\s+\d[\w.]*(?:-\d[\w.]*)*\s*[:.)–—-]+\s*/i, '') ?? '';
  const other =
    attributes.get('name') ??
    attributes.get('title') ??
    textOf(children, 'what-built', 'decision', 'action', 'instructions', 'behavior');
  const title = folded(named === '' ? (other ?? '') : named);
  if (title === '') return `Task ${number}`;
  return title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title;
}

function labelsOf({ attributes }: RawTask, type: string, form: Form): string[] {
  const shown = [...attributes].flatMap(([name, value]) => {
    if (name === 'type') return [];
    if (name === 'tdd') return value === 'true' ? ['tdd'] : [];
    return [`${name}: ${value}`];
  });
  return form !== 'tasks' || type === 'auto' ? shown : [type, ...shown];
}

const detailTags: readonly ChildTag[] = [
  'precondition',
  'read_first',
  'behavior',
  'implementation',
  'action',
  'reversibility',
  'runtime_budget',
  'instructions',
];
const gateTags: readonly ChildTag[] = [
  'what-built',
  'decision',
  'context',
  'options',
  'action',
  'instructions',
  'how-to-verify',
  'verification',
  'verify',
  'resume-signal',
];

/** What the tags say, in the order of the file; all but the instruction itself with its name. */
function ownDetail(children: readonly Child[], isGate: boolean): string {
  const tags: readonly string[] = isGate ? gateTags : detailTags;
  const parts = children.flatMap((child) => {
    if (!tags.includes(child.tag)) return [];
    const text = child.tag === 'options' ? optionsIn(child.content) : textOf([child], tagOf(child));
    if (text === null || text === '') return [];
    const plain = child.tag === 'action' || child.tag === 'instructions';
    const name = child.tag.replaceAll(/[-_]/g, ' ');
    return plain ? [text] : [`${name}:${text.includes('\n') ? '\n' : ' '}${text}`];
  });
  return parts.join('\n\n');
}

function tagOf({ tag }: Child): ChildTag {
  return [...detailTags, ...gateTags].find((known) => known === tag) ?? 'action';
}

function headingDetail(text: string, { start, end }: RawTask): string {
  return text.slice(start, Math.max(start, end)).trim();
}

function verificationOf(children: readonly Child[]): string[] {
  return children.flatMap(({ tag, content }) => {
    if (tag === 'verify') return verificationIn(content);
    return tag === 'acceptance_criteria' || tag === 'done'
      ? [textOf([{ tag, content }], tag) ?? ''].filter((one) => one !== '')
      : [];
  });
}

const longestInstruction = 2000;

/** A person does it and says so: no agent is sent. */
function makeGate(subtask: Subtask, children: readonly Child[]): void {
  const instruction = (subtask.detail === '' ? subtask.title : subtask.detail)
    .slice(0, longestInstruction)
    .trim();
  const { validator } = parseCheck({ type: 'manual', id: 'check', config: { instruction } });
  subtask.agent = personAgent;
  subtask.checks = nameChecks(validator === null ? [] : [validator], 'gate');
  subtask.verification = [
    textOf(children, 'how-to-verify', 'verification', 'verify', 'done'),
  ].filter((text) => text !== null);
}
