import { displayCommand } from '../model/validator';
import type { Dependency, Gate, Phase, Plan, Subtask } from '../model/plan';
import { tally } from '../model/progress';
import type { PlanDocument } from './document';
import { elementAt, phaseNamed, subtaskNamed, type Element } from './elements';
import type { PlanOverlay } from './overlay';
import type { Position, Range } from './positions';
import { hintWords, leafOf, progressWords, runWords, statusWord } from './words';

export interface Hover {
  range: Range;
  /** Text of plans and agents stands in it escaped. */
  markdown: string;
}

/** What is known of the subtask, phase or gate at a position. `now` is in milliseconds. */
export function hoverAt(
  document: PlanDocument,
  overlay: PlanOverlay,
  position: Position,
  now: number,
): Hover | null {
  const named = elementAt(document, position);
  if (named === null) return null;
  const lines = linesOf(named.element, overlay, now);
  return { range: document.positions.rangeOf(named.range), markdown: lines.join('\n\n') };
}

function linesOf(element: Element, overlay: PlanOverlay, now: number): string[] {
  switch (element.kind) {
    case 'subtask':
      return subtaskLines(element.plan, element.subtask, overlay, now);
    case 'phase':
      return phaseLines(element.plan, element.phase, overlay);
    case 'gate':
      return gateLines(element.gate, overlay);
  }
}

function subtaskLines(plan: Plan, subtask: Subtask, overlay: PlanOverlay, now: number): string[] {
  const known = overlay.subtasks.get(subtask.key);
  const { status, proof } = leafOf(subtask, overlay);
  const word = statusWord(status, proof) + (subtask.optional ? ' · optional' : '');
  const name = subtask.keyOrigin === 'declared' ? `**${escape(subtask.id)}** ` : '';
  const lines = [`${name}${escape(subtask.title)}`, `*${word}*`];
  const before = subtask.dependsOn.map((dependency) => dependencyWords(plan, dependency, overlay));
  if (before.length > 0) lines.push(`Depends on ${list(before)}`);
  const waits = status === 'pending' && known?.live !== true ? (known?.whyNotReady ?? []) : [];
  if (waits.length > 0)
    lines.push(`Not ready:\n${waits.map((reason) => `- ${escape(reason)}`).join('\n')}`);
  const run = known?.lastRun ?? null;
  if (run !== null) lines.push(`Last run: ${runWords(run, now)}`);
  if (subtask.files.length > 0) lines.push(`Files: ${list(subtask.files.map(code))}`);
  const checks = [...plan.settings.checks, ...subtask.checks].map((check) => {
    return check.type === 'test_pass' ? displayCommand(check.config.command) : check.id;
  });
  if (checks.length > 0) lines.push(`Checks: ${list(checks.map(code))}`);
  const { spec, fallback } = subtask.hints;
  if (spec !== null) lines.push(`Spec: ${code(spec)}`);
  const work = hintWords(subtask.hints);
  if (work !== '') lines.push(`Work: ${escape(work)}`);
  if (fallback !== null) lines.push(`Fallback: ${code(fallback)}`);
  return lines;
}

function dependencyWords(plan: Plan, { id, kind }: Dependency, overlay: PlanOverlay): string {
  const target = subtaskNamed(plan, id);
  if (target === undefined) return `${code(id)} (not in this file)`;
  const { status, proof } = leafOf(target, overlay);
  const why = kind === 'declared' ? '' : kind === 'implied' ? ', by order' : ', same file';
  return `${code(target.id)} (${statusWord(status, proof)}${why})`;
}

function phaseLines(plan: Plan, phase: Phase, overlay: PlanOverlay): string[] {
  const counts = tally(phase.subtasks.map((subtask) => leafOf(subtask, overlay)));
  const lines = [`**${escape(phase.title)}**`, `*${progressWords(counts)}*`];
  const before = phase.dependsOn.map(({ id }) => escape(phaseNamed(plan, id)?.title ?? id));
  if (before.length > 0) lines.push(`Depends on ${before.join(', ')}`);
  if (phase.checkpoint !== null) lines.push(`Checkpoint: ${escape(phase.checkpoint)}`);
  return lines;
}

function gateLines(gate: Gate, overlay: PlanOverlay): string[] {
  const state = overlay.gates.get(gate.key)?.state ?? 'waiting';
  const lines = [`**Gate** ${escape(gate.title)}`, `*${state}*`];
  if (gate.criteria.length > 0)
    lines.push(gate.criteria.map(({ text }) => `- ${escape(text)}`).join('\n'));
  const { length } = gate.blocks;
  if (length > 0) lines.push(`Blocks ${length} ${length === 1 ? 'subtask' : 'subtasks'}`);
  return lines;
}

const listed = 8;

function list(parts: readonly string[]): string {
  const more = parts.length - listed;
  return parts.slice(0, listed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~]/g, '\\$&').replace(/\s+/g, ' ');
}

/** Backticks inside would end the code. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replace(/\s+/g, ' ')}\``;
}
