import type { Node } from 'jsonc-parser';
import type { Problem, SourceRange } from '../../model/plan';
import { elementsOf, membersOf, parseJson, rangeOfNode, textOf } from '../json';
import type { MarkdownLine } from '../markdown';
import { problem } from '../problems';
import { LineIndex } from '../text';

// The JSON block below a heading about the dependency graph.

/** An id as the block names it. */
export interface NamedTask {
  id: string;
  /** In the plan's file. */
  range: SourceRange;
}

export interface DeclaredWave {
  id: string;
  title: string | null;
  tasks: NamedTask[];
}

/** What the block says; ids are not looked up yet. */
export interface DeclaredOrder {
  /** Absent without a block that can be read. */
  waves: DeclaredWave[] | null;
  /** `to` waits for `from`. */
  edges: { from: NamedTask; to: string }[];
  problems: Problem[];
}

const aboutGraph = /dependency graph|依赖(?:关系)?图|依存(?:関係)?グラフ|依存グラフ/i;

export function readOrder(text: string, lines: readonly MarkdownLine[]): DeclaredOrder {
  const order: DeclaredOrder = { waves: null, edges: [], problems: [] };
  const block = blockOf(text, lines);
  if (block === null) return order;
  const { root, error } = parseJson(block.text);
  if (root === null) {
    const start = block.start + error.offset;
    const at = {
      line: new LineIndex(text).lineAt(start),
      range: { start, end: Math.min(start + 1, text.length) },
    };
    const message = `The dependency graph is no valid JSON: ${error.message}. The tasks are taken in the order of the file until it is repaired.`;
    order.problems.push(problem('error', 'bad-graph-json', at, message));
    return order;
  }
  const waves = root.type === 'array' ? root : membersOf(root).get('waves');
  if (waves?.type !== 'array') return order;
  const read = elementsOf(waves).map((node, index) => readWave(node, index, block, order));
  order.waves = read.filter((wave) => wave !== null);
  return order;
}

interface Block {
  text: string;
  /** Offset in the file. */
  start: number;
}

/** The section's first fence that holds JSON; a graph as text or a picture is passed over. */
function blockOf(text: string, lines: readonly MarkdownLine[]): Block | null {
  let level = 0;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    if (line?.heading) {
      const { title, level: own } = line.heading;
      if (level === 0 || own <= level) level = aboutGraph.test(title) ? own : 0;
    }
    if (level === 0 || line?.kind !== 'code') continue;
    const fence = /^\s*(?:`{3,}|~{3,})\s*([\w-]*)/.exec(line.text);
    let end = at + 1;
    while (lines[end]?.kind === 'code' && !/^\s*(?:`{3,}|~{3,})\s*$/.test(lines[end]?.text ?? ''))
      end += 1;
    const [first, last] = [lines[at + 1], lines[end - 1]];
    at = end;
    if (first === undefined || last === undefined || first.start > last.start) continue;
    const block = { text: text.slice(first.start, last.end), start: first.start };
    const language = fence?.[1]?.toLowerCase() ?? '';
    if (language.startsWith('json') || /^\s*[{[]\s*["{[\]}]/.test(block.text)) return block;
  }
  return null;
}

function readWave(
  node: Node,
  index: number,
  block: Block,
  order: DeclaredOrder,
): DeclaredWave | null {
  if (node.type === 'array') return { id: String(index), title: null, tasks: namesIn(node, block) };
  const members = membersOf(node);
  const tasks = members.get('tasks');
  if (tasks === undefined) return null;
  for (const key of ['dependsOn', 'depends_on', 'dependencies'])
    for (const [to, froms] of membersOf(members.get(key)))
      for (const from of namesIn(froms, block)) order.edges.push({ from, to });
  return {
    id: textOf(members.get('id') ?? members.get('wave')) ?? String(index),
    title: textOf(members.get('name') ?? members.get('description')),
    tasks: namesIn(tasks, block),
  };
}

/** Numbers as they are written: `1.10` is not `1.1`. */
function namesIn(node: Node, block: Block): NamedTask[] {
  const nodes = node.type === 'array' ? elementsOf(node) : [node];
  return nodes.flatMap((one): NamedTask[] => {
    const { start, end } = rangeOfNode(one);
    const id = one.type === 'number' ? block.text.slice(start, end) : textOf(one);
    if (id === null) return [];
    return [{ id: id.trim(), range: { start: block.start + start, end: block.start + end } }];
  });
}
