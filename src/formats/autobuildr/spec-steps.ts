import {
  phaseDefaults,
  subtaskDefaults,
  type Phase,
  type Problem,
  type SourceRange,
  type Subtask,
} from '../../model/plan';
import { Keys } from '../keys';
import { duplicateId } from '../problems';
import { linesOf, shortTitle } from '../text';
import { contentOf, type SpecText } from './spec-text';
import { decodeEntities, findElement, findElements, type Element } from './spec-scan';

const stepName = /^(?:step|phase)(?:_(\w+))?$/;
const criteriaNames = ['success_criteria', 'verification', 'goal', 'acceptance_criteria'];
const titleNames = ['title', 'name'];

/** The phases of the first list of steps; each waits for the one before. */
export function readSteps(spec: SpecText, project: Element, problems: Problem[]): Phase[] {
  const list = findElement(project, 'implementation_steps', 'implementation_plan');
  if (list === undefined) return [];
  const [phaseKeys, leafKeys] = [new Keys(), new Keys()];
  let before: string | null = null;
  return findElements(list, ({ name }) => stepName.test(name)).map((step, index) => {
    const line = spec.lines.lineAt(step.start);
    const range = { start: step.start, end: step.contentStart };
    const number =
      step.attributes.get('number') ?? stepName.exec(step.name)?.[1]?.match(/^\d+/)?.[0];
    const id = number?.trim() ?? String(index + 1);
    const { key, firstLine } = phaseKeys.take(id, line);
    if (firstLine !== null)
      problems.push(duplicateId({ line, range, path: spec.path }, id, firstLine));
    const phase: Phase = {
      ...phaseDefaults,
      key,
      id: key,
      title: titleOf(spec, step) ?? `Phase ${id}`,
      checkpoint: checkpointOf(spec, step),
      dependsOn: before === null ? [] : [{ id: before, kind: 'implied', range: null }],
      subtasks: tasksOf(spec, step).map((task, position) => {
        const taken = leafKeys.take(`${key}.${position + 1}`, task.line);
        return { ...task, key: taken.key, id: `${id}.${position + 1}` };
      }),
      line,
      range,
    };
    before = key;
    return phase;
  });
}

function titleOf(spec: SpecText, step: Element): string | null {
  const own = step.children.find(({ name }) => titleNames.includes(name));
  const named = step.attributes.get('name') ?? step.attributes.get('title');
  const goal = step.children.find(({ name }) => name === 'goal');
  const written = [own, goal].map((one) => (one === undefined ? '' : contentOf(spec, one)));
  const title = [written[0], named, written[1]].find((text) => text !== undefined && text !== '');
  return title === undefined ? null : shortTitle(title, 300);
}

/** What a step asks to hold at its end. */
function checkpointOf(spec: SpecText, step: Element): string | null {
  const criteria = findElements(step, ({ name }) => criteriaNames.includes(name));
  const lines = criteria.flatMap((one) => contentOf(spec, one).split('\n'));
  const texts = lines.map(withoutBullet).filter((line) => line !== '');
  return texts.length === 0 ? null : texts.join('\n');
}

/** The bullets of the step's tasks, else of the step itself, else each of its lines. */
function tasksOf(spec: SpecText, step: Element): Subtask[] {
  const lists = findElements(step, ({ name }) => name === 'tasks');
  const lines =
    lists.length > 0 ? lists.flatMap((list) => linesIn(spec, list)) : bodyOf(spec, step);
  const bulleted = lines.some(({ text }) => bullet.test(text));
  const tasks: { text: string; line: number; range: SourceRange; below: string[] }[] = [];
  for (const { text, line, range } of lines) {
    const last = tasks.at(-1);
    if (bulleted && !bullet.test(text)) {
      if (last === undefined) continue;
      last.below.push(text.trim());
      last.range = { start: last.range.start, end: range.end };
    } else tasks.push({ text: withoutBullet(text), line, range, below: [] });
  }
  return tasks.map(({ text, line, range, below }) => ({
    ...subtaskDefaults,
    ...{ key: '', id: '', keyOrigin: 'position' as const },
    title: shortTitle(decodeEntities(text), 300),
    detail: decodeEntities([text, ...below].join('\n')),
    dependsOn: [],
    files: [],
    labels: [],
    verification: [],
    checks: [],
    line,
    range,
  }));
}

const bullet = /^\s*(?:[-*•+]|\d{1,4}[.)])\s+\S/;

function withoutBullet(text: string): string {
  return text
    .trim()
    .replace(/^(?:[-*•+]|\d{1,4}[.)])\s+/, '')
    .replace(/^\[[ xX]\]\s+/, '')
    .trim();
}

interface SpecLine {
  text: string;
  line: number;
  range: SourceRange;
}

/** The lines in an element that are more than tags; `left` is not of them. */
function linesIn(
  { text, lines }: SpecText,
  { contentStart, contentEnd }: Element,
  left: readonly Element[] = [],
): SpecLine[] {
  const content = blankedOut(text, { start: contentStart, end: contentEnd }, left);
  return linesOf(content).flatMap((line): SpecLine[] => {
    const start = contentStart + line.start;
    const written = line.text.replace(
      /^\s*(?:<\/?[A-Za-z][\w.-]*(?:\s+[\w:.-]+=[^<>]*)?>\s*)+|\s*<\/[A-Za-z][\w.-]*>\s*$/g,
      '',
    );
    const range = { start, end: contentStart + line.end };
    return written.trim() === '' ? [] : [{ text: written, line: lines.lineAt(start), range }];
  });
}

/** A part of a text with blanks for elements in it, so that offsets stay. */
function blankedOut(text: string, { start, end }: SourceRange, left: readonly Element[]): string {
  let [result, from] = ['', start];
  for (const element of left) {
    const blank = text.slice(element.start, element.contentEnd).replace(/[^\r\n]/g, ' ');
    result += text.slice(from, element.start) + blank;
    from = element.contentEnd;
  }
  return result + text.slice(from, end);
}

/** The lines of a step but for its title and its criteria. */
function bodyOf(spec: SpecText, step: Element): SpecLine[] {
  const left = [...titleNames, ...criteriaNames];
  return linesIn(
    spec,
    step,
    findElements(step, ({ name }) => left.includes(name)),
  );
}
