import type { FileEdit } from '../formats/format';
import type { Phase } from '../model/plan';
import type { SubtaskStatus } from '../model/status';
import type { PlanDocument } from './document';
import type { PlanOverlay } from './overlay';
import type { Range } from './positions';
import { leafOf } from './words';

/** What nothing writes by itself, and a person may ask for. */
export interface PhaseTick {
  title: string;
  edits: FileEdit[];
}

const finished: ReadonlySet<SubtaskStatus> = new Set(['claimed', 'done', 'skipped', 'cancelled']);

/**
 * At the line of a phase or of its box: to tick it when all its subtasks are finished, and to take
 * its tick away.
 */
export function phaseTicksIn(
  document: PlanDocument,
  asked: Range,
  overlay: PlanOverlay,
): PhaseTick[] {
  const { whole, files, path, positions } = document;
  const { format, source } = files;
  if (whole === null || format.writePhase === undefined) return [];
  return whole.phases.flatMap((phase): PhaseTick[] => {
    const isFinished =
      phase.subtasks.length > 0 &&
      phase.subtasks.every((subtask) => finished.has(leafOf(subtask, overlay).status));
    const ticks = [
      { title: `Tick phase ${nameOf(phase)}`, isDone: true, isOffered: isFinished },
      { title: `Take the tick of phase ${nameOf(phase)} away`, isDone: false, isOffered: true },
    ];
    return ticks.flatMap(({ title, isDone, isOffered }): PhaseTick[] => {
      const edits = isOffered ? (format.writePhase?.(source, phase.key, isDone) ?? []) : [];
      const lines = [
        ...((phase.path ?? source.path) === path ? [phase.line - 1] : []),
        ...edits
          .filter((edit) => edit.path === path)
          .map(({ range }) => positions.positionAt(range.start).line),
      ];
      const isHere = lines.some((line) => asked.start.line <= line && line <= asked.end.line);
      return isHere && edits.length > 0 ? [{ title, edits }] : [];
    });
  });
}

function nameOf({ id, title }: Phase): string {
  return id ?? title;
}
