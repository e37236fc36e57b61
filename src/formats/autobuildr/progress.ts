import type { SubtaskStatus } from '../../model/status';
import { inOneLine, proofWords, type LoggedSubtask, type ProgressLog } from '../progress-log';
import { baseName } from '../text';

// `claude-progress.txt` as Runsheet writes it: a heading for each feature, with its status.

export const autobuildrProgress: ProgressLog = {
  path: (plan) => `${plan.slice(0, -baseName(plan).length)}claude-progress.txt`,
  opening: (time) => `# Runsheet Progress - ${time}`,
  opens: /^\uFEFF?# Runsheet Progress - .+/,
  closing: '--- End of Runsheet Progress ---',
  lines({ title, phases }, at) {
    const all = phases.flatMap(({ subtasks }) => subtasks);
    const numbers = numbersOf(all);
    const passing = all.filter(({ status }) => status === 'done' || status === 'claimed').length;
    const proven = all.filter(({ proof }) => proof === 'proven').length;
    return [
      inOneLine(title),
      '',
      `## Session: ${at.slice(0, 10)}`,
      '',
      ...all.flatMap((subtask, place) => featureLines(subtask, numbers[place] ?? place + 1)),
      '**Current Progress:**',
      `- Total: ${passing}/${all.length} features passing`,
      `- Proven by checks: ${proven}`,
    ];
  },
};

/** A log knows features by numbers: their ids where these are numbers, else their places. */
function numbersOf(subtasks: readonly LoggedSubtask[]): number[] {
  const ids = subtasks.map(({ key }) => (/^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : null));
  return ids.map((id, place) => (ids.includes(null) || id === null ? place + 1 : id));
}

function featureLines(subtask: LoggedSubtask, number: number): string[] {
  const word = words[subtask.status];
  const how = proofWords(subtask);
  return [
    `### Feature #${number}: ${headingOf(subtask.title)}${word === null ? '' : ` - ${word}`}`,
    ...(word === null ? [] : [`**Status:** ${word}`]),
    ...(how === '' ? [] : [`**Verification:** ${how}`]),
    '',
  ];
}

/** A title with no word at its end that would be taken for the status. */
function headingOf(title: string): string {
  return inOneLine(title)
    .replace(/\s[-–—]\s+(?=\p{Lu}{2}|N\/A)/gu, ': ')
    .replace(/[\s✅✔☑\uFE0F#]+$/u, '');
}

/** `null`: what a log has no word for, so that it makes no claim. */
const words: Readonly<Record<SubtaskStatus, string | null>> = {
  ...{ pending: null, needs_attention: null, done: 'PASSING', claimed: 'PASSING' },
  ...{ in_progress: 'IN PROGRESS', in_review: 'IN PROGRESS', blocked: 'BLOCKED' },
  ...{ failed: 'FAILED', skipped: 'SKIPPED', cancelled: 'SKIPPED' },
};
