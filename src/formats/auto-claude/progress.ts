import { subtasksOf, type Plan } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import { inOneLine, proofWords, type LoggedPhase, type ProgressLog } from '../progress-log';
import { baseName, linesOf } from '../text';
import { statusOfWord, wordOfStatus } from './words';

// `build-progress.txt` as Runsheet writes it: the phase list that its readers know, and a line for
// each subtask, which only we read.

const closing = '=== END OF RUNSHEET PROGRESS ===';

export const autoClaudeProgress: ProgressLog = {
  path: (plan) => `${plan.slice(0, -baseName(plan).length)}build-progress.txt`,
  opening: (time) => `=== RUNSHEET PROGRESS - ${time} ===`,
  opens: /^\uFEFF?=== RUNSHEET PROGRESS - .+ ===/,
  closing,
  lines({ title, phases }) {
    const all = phases.flatMap(({ subtasks }) => subtasks);
    const count = (status: SubtaskStatus) => all.filter((one) => one.status === status).length;
    const proven = all.filter(({ proof }) => proof === 'proven').length;
    return [
      `Project: ${inOneLine(title)}`,
      '',
      'Phase Summary:',
      ...phases.map(phaseLine),
      '',
      '=== COUNTS ===',
      `- Phases: ${phases.length}`,
      `- Total subtasks: ${all.length}`,
      `- Done: ${count('done')} (${proven} proven by checks)`,
      `- Only claimed: ${count('claimed')}`,
      ...phases.flatMap(subtaskLines),
    ];
  },
};

function phaseLine({ title, dependsOn, subtasks }: LoggedPhase, place: number): string {
  const name = inOneLine(title).replace(/:(?=\s*\**\s*\d)/g, ' ');
  const count = `${subtasks.length} ${subtasks.length === 1 ? 'subtask' : 'subtasks'}`;
  const before = dependsOn.map((phase) => `phase-${phase + 1}`).join(', ');
  const waits = before === '' ? 'no dependencies' : `depends on ${before}`;
  return `- Phase ${place + 1} (${name}): ${count}, ${waits}`;
}

function subtaskLines({ subtasks }: LoggedPhase, place: number): string[] {
  const lines = subtasks.map((subtask) => {
    const { key, title, status } = subtask;
    const id = inOneLine(key).replaceAll('`', "'");
    const words = proofWords(subtask);
    const how = words === '' ? '' : ` | ${words}`;
    return `- [${wordOfStatus(status) ?? status}] \`${id}\` ${inOneLine(title).replaceAll(' | ', ' / ')}${how}`;
  });
  return ['', `=== PHASE ${place + 1} ===`, ...lines];
}

const subtaskLine = /^- \[(\w+)\] `([^`]*)` (.*?)(?: \| .*)?$/;

/** The plan of a log with what our own block says of its subtasks, as claims. */
export function withLoggedStatuses(plan: Plan, text: string): Plan {
  if (!autoClaudeProgress.opens.test(text)) return plan;
  const lines = linesOf(text);
  const end = lines.findIndex((line) => line.text === closing);
  const told = lines.slice(0, Math.max(end, 0)).flatMap((line) => {
    const [, word = '', , title = ''] = subtaskLine.exec(line.text) ?? [];
    return word === '' ? [] : [{ word, title }];
  });
  if (told.length !== subtasksOf(plan).length) return plan;
  let place = 0;
  const phases = plan.phases.map((phase) => ({
    ...phase,
    subtasks: phase.subtasks.map((subtask) => {
      const { word = '', title = '' } = told[place++] ?? {};
      return { ...subtask, title, status: statusOf(word), fileStatus: word, labels: [] };
    }),
  }));
  return { ...plan, phases };
}

function statusOf(word: string): SubtaskStatus {
  return statusOfWord(word) ?? (word === 'in_review' ? 'in_review' : 'needs_attention');
}
