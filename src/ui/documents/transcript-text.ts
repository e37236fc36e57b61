import { t } from '@vscode/l10n';
import type { EventView, RunView, VerificationView } from '../../protocol/views';
import { costText, durationText, tokenText } from '../tree/figures';
import { runLook, verdictWord } from '../tree/status-look';

/** A run's story as plain text: what it is, every event, and what its checks said. */
export function transcriptText(
  run: RunView,
  log: { events: readonly EventView[]; omitted: number },
  verifications: readonly VerificationView[],
): string {
  const omitted = log.omitted > 0 ? [t('({0} earlier events are left out)', log.omitted), ''] : [];
  const lines = [
    ...header(run),
    '',
    ...omitted,
    ...log.events.map(eventText),
    ...verifications.flatMap((one) => ['', ...verificationLines(one)]),
  ];
  return `${lines.join('\n')}\n`;
}

function header(run: RunView): string[] {
  const agent = [run.agentKey, run.agentVersion, run.model].filter((part) => part !== null);
  const figures = [
    durationText(run),
    costText(run.costMicros),
    tokenText(run.tokensIn, run.tokensOut),
  ];
  const commits = [
    run.branch === null ? null : t('branch {0}', run.branch),
    run.baseCommit === null ? null : t('base commit {0}', run.baseCommit.slice(0, 12)),
    run.mergeCommit === null ? null : t('merged as {0}', run.mergeCommit.slice(0, 12)),
  ];
  const state = t('{0}, attempt {1}, by {2}', runLook(run).word, run.attempt, agent.join(' '));
  const title = `${run.subtaskKey} ${run.title}`;
  const lines = [title, state, joined(figures), joined(commits), run.error ?? ''];
  return lines.filter((line) => line !== '');
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ');
}

const typeWidth = 16;

/** `12:03:05  tool_call        text`, further lines below the text. */
export function eventText(event: EventView): string {
  const time = new Date(event.at).toTimeString().slice(0, 8);
  const head = `${time}  ${event.type.padEnd(typeWidth)} `;
  const [first = '', ...rest] = event.text.trimEnd().split('\n');
  return [head + first, ...rest.map((line) => ' '.repeat(head.length) + line)].join('\n');
}

function verificationLines(verification: VerificationView): string[] {
  const { tree, verdict, message, checks, stale } = verification;
  const judged = verdict === null ? t('not over') : verdictWord(verdict);
  const words = stale ? t('{0}, of files that have changed since', judged) : judged;
  const places = {
    worktree: t('Checks in the worktree'),
    merged: t('Checks on the merged tree'),
    workspace: t('Checks in the workspace'),
  };
  return [
    `${places[tree]}: ${words}${message === null ? '' : ` (${message})`}`,
    ...checks.map((check) => {
      const outcome = check.outcome ?? t('not run');
      return `  ${outcome.padEnd(8)} ${check.label}${check.message === '' ? '' : `: ${check.message}`}`;
    }),
  ];
}
