import type { Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import type { PlanDocument } from './document';
import type { PlanRef } from './ids';
import { ownRef } from './references';
import type { Summary } from './summary';

/** A plan file as a group of subtasks: it is done as a whole, and waits as a whole. */
export interface Group {
  /** Unique in its plan; the subtasks are `<id>#1`, `<id>#2` … */
  id: string;
  ref: PlanRef;
  document: PlanDocument;
  summary: Summary | null;
  subtasks: Subtask[];
}

/** `path`: where the subtasks stand; `null` when the plan is the file itself. */
export function groupOf(
  document: PlanDocument,
  id: string,
  summary: Summary | null,
  path: string | null,
): Group {
  const said = statusOf(document, summary);
  const labels = labelsOf(document);
  const about = path === null ? '' : aboutPlan(id, document);
  const subtasks = document.tasks.map(({ subtask, isGate }, index): Subtask => {
    const key = `${id}#${index + 1}`;
    const before = index === 0 ? null : `${id}#${index}`;
    const setup = index === 0 ? setupOf(document) : '';
    return {
      ...subtask,
      ...said,
      ...{ key, id: key, path },
      detail: [subtask.detail, setup, isGate ? '' : about]
        .filter((text) => text !== '')
        .join('\n\n'),
      // The tasks of one plan are one piece of work, done in the order of the file.
      dependsOn: before === null ? [] : [{ id: before, kind: 'implied', range: null }],
      files: isGate || subtask.files.length > 0 ? subtask.files : document.files,
      labels: [...new Set([...subtask.labels, ...labels])],
    };
  });
  const last = subtasks.at(-1);
  if (last !== undefined) last.verification = [...last.verification, ...document.verification];
  return { id, ref: ownRef(document), document, summary, subtasks };
}

function statusOf(
  { superseded }: PlanDocument,
  summary: Summary | null,
): { status: SubtaskStatus; fileStatus: string | null } {
  // Work that a report claims was done before another plan took the place of this one.
  if (superseded && summary?.state !== 'done')
    return { status: 'cancelled', fileStatus: 'superseded' };
  if (summary === null) return { status: 'pending', fileStatus: null };
  const status = summary.state === 'done' ? 'claimed' : 'needs_attention';
  return { status, fileStatus: summary.word ?? 'SUMMARY.md' };
}

const plainTypes: ReadonlySet<string> = new Set(['', 'execute', 'implementation']);

function labelsOf({ front: { values }, wave, superseded }: PlanDocument): string[] {
  const text = (key: string) => values.get(key)?.text ?? '';
  const required = values.get('requirements');
  return [
    ...(wave === null ? [] : [`wave ${wave}`]),
    ...(plainTypes.has(text('type')) ? [] : [text('type')]),
    ...(text('gap_closure') === 'true' ? ['gap closure'] : []),
    ...(text('status') === '' || superseded ? [] : [`status: ${text('status')}`]),
    ...(required?.entries.map((entry) => entry.text) ?? []),
  ];
}

const longestObjective = 1000;

/** What an agent has to know of the plan when it works on one task of it. */
function aboutPlan(id: string, { objective, context }: PlanDocument): string {
  const goal =
    objective.length > longestObjective ? `${objective.slice(0, longestObjective)}…` : objective;
  return [
    goal === '' ? '' : `The plan ${id}:\n${goal}`,
    context.length === 0 ? '' : `Read first: ${context.join(', ')}`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** What a person prepares before the plan can be carried out. */
function setupOf({ front: { values } }: PlanDocument): string {
  const entries = values.get('user_setup')?.entries ?? [];
  const lines = entries.map(({ text, fields }) => {
    const more = [...fields]
      .map(([name, value]) => `${name}: ${value}`)
      .filter((one) => one !== text);
    return `- ${[text, ...more].join('; ')}`;
  });
  return lines.length === 0 ? '' : `A person prepares this first:\n${lines.join('\n')}`;
}
