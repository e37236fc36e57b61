import type { SubtaskStatus } from '../../../src/model/status';
import { describeCorpus } from '../../support/corpus';
import { describeCorpusWriting } from '../../support/corpus-writing';

describeCorpus('kiro', { problems: 'least' });

// What is to be written, found by the indents of the lines alone.

interface Row {
  mark: string;
  optional: boolean;
  parent: Row | null;
  children: Row[];
}

/** The numbered boxes by their lines. */
function rowsOf(text: string): Map<number, Row> {
  const rows = new Map<number, Row>();
  const open: { indent: number; row: Row }[] = [];
  text.split('\n').forEach((line, index) => {
    const match = /^( *)[-*+] +\[(.)\](\*?) *\d[\d.]*(\*?)/.exec(line);
    if (match === null) return;
    const [, { length: indent } = '', mark = '', star = '', late = ''] = match;
    while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
    const parent = open.at(-1)?.row ?? null;
    const row: Row = { mark, optional: star + late !== '', parent, children: [] };
    parent?.children.push(row);
    open.push({ indent, row });
    rows.set(index + 1, row);
  });
  return rows;
}

const words: Partial<Record<SubtaskStatus, string>> = { done: 'x', pending: ' ', in_progress: '-' };

function expected(row: Row | undefined, status: SubtaskStatus, blocks: boolean): string {
  const mark = status === 'blocked' && blocks ? '~' : words[status];
  if (mark === undefined || row === undefined || row.mark.toLowerCase() === mark) return '';
  const own = `${row.mark}→${mark}`;
  const { parent } = row;
  if (parent === null || row.optional) return own;
  const needed = parent.children.filter(({ optional }) => !optional);
  const isComplete = needed.every((one) => (one === row ? mark : one.mark) === 'x');
  if (isComplete && parent.mark !== 'x') return `${own} | ${parent.mark}→x`;
  return parent.mark === 'x' && row.mark === 'x' ? `${own} | x→ ` : own;
}

describeCorpusWriting('kiro', ({ text }, plan) => {
  const rows = rowsOf(text);
  const blocks = plan.facts['dialect'] === 'spec-workflow';
  return { expected: ({ line }, status) => expected(rows.get(line), status, blocks) };
});
