import type { Node } from 'jsonc-parser';
import { elementsOf, membersOf, parseJson, rangeOfNode } from '../../formats/json';
import { linesOf } from '../../formats/text';
import { edit, type Fixer } from './fix';
import { subtaskAt } from './subtask-at';

// Work that is said to run beside other work on the same file.

/** Takes the mark of parallel work from a task. */
export const dropParallelMark: Fixer = {
  rules: ['parallel-same-file'],
  changes: ['words', 'order'],
  propose(trouble) {
    const { text, path } = trouble;
    const subtask = subtaskAt(trouble)?.subtask;
    if (subtask?.labels.includes('P') !== true) return [];
    const line = linesOf(text)[subtask.line - 1];
    const mark = /\[P\][ \t]*|[ \t]*\(P\)/.exec(line?.text ?? '');
    if (line === undefined || mark === null) return [];
    const start = line.start + mark.index;
    const shown = mark[0].trim();
    const edits = [edit(path, start, start + mark[0].length, '')];
    return [{ title: `Remove ${shown} from ${subtask.id}`, edits }];
  },
};

/** Lets the work of a phase run in its order. */
export const takeParallelBack: Fixer = {
  rules: ['parallel-safe-overlap'],
  changes: ['words', 'order'],
  propose({ problem, text, path }) {
    const at = problem.range?.start ?? -1;
    const phases = elementsOf(membersOf(parseJson(text).root ?? undefined).get('phases'));
    const phase = phases.find((node) => isAround(node, at));
    const flag = membersOf(phase).get('parallel_safe');
    if (flag?.value !== true) return [];
    const { start, end } = rangeOfNode(flag);
    const title = 'Set parallel_safe of the phase to false';
    return [{ title, edits: [edit(path, start, end, 'false')] }];
  },
};

function isAround({ offset, length }: Node, at: number): boolean {
  return offset <= at && at < offset + length;
}
