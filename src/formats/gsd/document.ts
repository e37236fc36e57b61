import type { Problem, SourceRange } from '../../model/plan';
import { perFile, type SourceFile } from '../format';
import { noTasks, problem } from '../problems';
import { linesOf } from '../text';
import { bodyLines, type BodyLine } from './body';
import { isWhole, readFrontMatter, type FrontMatter } from './front-matter';
import { stemOf } from './paths';
import { scanTasks, type Form } from './scan';
import { readTask, type ReadTask } from './task';
import { dedented, saysNothing } from './task-text';

/** A dependency of a plan as its front matter has it. */
export interface WrittenDependency {
  text: string;
  range: SourceRange;
  line: number;
}

/** A plan file by itself: what the tree around it adds is not in here. */
export interface PlanDocument {
  path: string;
  /** Its id: the name of the file, or of the folder. */
  stem: string;
  front: FrontMatter;
  form: Form;
  tasks: ReadTask[];
  /** What the plan is for. */
  objective: string;
  /** Files of the workspace that an agent reads first. */
  context: string[];
  /** What holds when the whole plan is done. */
  verification: string[];
  dependsOn: WrittenDependency[];
  files: string[];
  wave: number | null;
  superseded: boolean;
  problems: Problem[];
}

/** Reads a plan file; kept as long as the file is the same. */
export const readDocument = perFile(read);

function read({ path, text }: SourceFile): PlanDocument {
  const lines = linesOf(text);
  const front = readFrontMatter(text, lines);
  const body = bodyLines(lines.slice(front.end));
  const scan = scanTasks(body);
  const problems: Problem[] = [];
  const tasks = scan.tasks.map((raw, index) => readTask(text, raw, scan.form, index + 1, problems));
  const { values } = front;
  const document: PlanDocument = {
    path,
    stem: stemOf(path),
    front,
    form: scan.form,
    tasks,
    objective: sectionOf(text, body, 'objective') ?? '',
    context: ['execution_context', 'context'].flatMap((tag) => filesToRead(text, body, tag)),
    verification: wholePlan(front, text, body),
    dependsOn: dependenciesOf(front),
    files: listOf(front, 'files_modified')
      .map(({ text: file }) => withoutNote(file))
      .filter((file) => !saysNothing(file)),
    wave: /^\d{1,4}$/.test(values.get('wave')?.text ?? '')
      ? Number(values.get('wave')?.text)
      : null,
    superseded: values.get('status')?.text.toLowerCase() === 'superseded',
    problems,
  };
  problems.push(...ownProblems(document));
  return document;
}

function listOf({ values }: FrontMatter, key: string): WrittenDependency[] {
  const value = values.get(key);
  if (value === undefined) return [];
  if (value.entries.length > 0) return value.entries;
  return value.text
    .split(',')
    .map((text) => ({ text: text.trim(), range: value.range, line: value.line }))
    .filter(({ text }) => text !== '');
}

function dependenciesOf(front: FrontMatter): WrittenDependency[] {
  return listOf(front, 'depends_on').filter(({ text }) => !saysNothing(text));
}

function withoutNote(file: string): string {
  return file
    .replace(/^\.\//, '')
    .replace(/[ \t](?:\(|—|–|- ).*$/, '')
    .trimEnd();
}

/** What stands between two tags that open and close on lines of their own at the margin. */
function sectionOf(text: string, body: readonly BodyLine[], tag: string): string | null {
  const open = body.findIndex(({ seen }) => seen.startsWith(`<${tag}>`));
  const first = body[open];
  if (first === undefined) return null;
  const close = `</${tag}>`;
  for (let index = open; index < body.length; index += 1) {
    const line = body[index];
    const at = line?.seen.indexOf(close) ?? -1;
    if (line !== undefined && at >= 0)
      return dedented(text.slice(first.seenStart + tag.length + 2, line.seenStart + at));
  }
  return null;
}

/** `@path` lines; those that lead out of the workspace are left out. */
function filesToRead(text: string, body: readonly BodyLine[], tag: string): string[] {
  const paths = (sectionOf(text, body, tag) ?? '')
    .split('\n')
    .flatMap((line) => /^\s*(?:[-*]\s+)?@(\S+)/.exec(line)?.[1] ?? []);
  return paths.filter((path) => !/^[~/$]|^[A-Za-z]:|(?:^|\/)\.\.(?:\/|$)/.test(path));
}

/** `must_haves`, `<verification>` and `<success_criteria>`: they speak of the plan, not of a task. */
function wholePlan({ values }: FrontMatter, text: string, body: readonly BodyLine[]): string[] {
  const entries = values.get('must_haves')?.entries ?? [];
  const needed = entries.flatMap(({ section, text: own, fields }) => {
    if (section === 'artifacts')
      return [[fields.get('path') ?? own, fields.get('provides')].filter(Boolean).join(': ')];
    if (section === 'key_links')
      return [
        `${fields.get('from') ?? own} → ${fields.get('to') ?? ''} ${fields.get('via') ?? ''}`.trim(),
      ];
    return section === null || section === 'truths' ? [own] : [];
  });
  const sections = ['verification', 'success_criteria'].map((tag) => sectionOf(text, body, tag));
  return [...needed, ...sections.filter((section) => section !== null)].filter((one) => one !== '');
}

function ownProblems({ front, tasks, form, wave, dependsOn }: PlanDocument): Problem[] {
  const problems: Problem[] = [];
  const top = { line: 1, range: null };
  if (front.end === 0)
    problems.push(
      problem(
        'warning',
        'frontmatter-missing',
        top,
        'The plan has no front matter, so it says neither its wave nor what it depends on. Begin the file with `---`, `phase:`, `plan:`, `depends_on:` and `---`.',
      ),
    );
  if (form === 'none')
    problems.push(
      noTasks(
        'The plan has no task: no <task>, no <feature>, and no heading such as `### Task 1: Title`. Nothing of it can be sent to an agent by itself.',
      ),
    );
  const autonomous = front.values.get('autonomous');
  const gate = tasks.find(({ isGate }) => isGate);
  if (autonomous?.text === 'true' && gate !== undefined)
    problems.push(
      problem(
        'info',
        'checkpoint-but-autonomous',
        autonomous,
        `The plan says that it is autonomous, but task ${gate.subtask.id} waits for a person. The task decides; write \`autonomous: false\`.`,
        isWhole(autonomous) ? 'false' : undefined,
      ),
    );
  if (wave !== null && wave > 1 && dependsOn.length === 0)
    problems.push(
      problem(
        'info',
        'wave-without-dependency',
        front.values.get('wave') ?? top,
        `The plan is in wave ${wave} and depends on nothing. Waves are hints: name what it waits for in depends_on.`,
      ),
    );
  return problems;
}
