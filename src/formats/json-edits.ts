import type { Node } from 'jsonc-parser';
import type { TextEdit } from './format';
import { rangeOfNode } from './json';

// The smallest edits of a JSON text; all else stays as it is written.

/** A value becomes this string: of a string only what stands between its quotes is replaced. */
export function valueEdit(node: Node, value: string): TextEdit {
  const quoted = JSON.stringify(value);
  const { start, end } = rangeOfNode(node);
  if (node.type !== 'string') return { range: { start, end }, text: quoted };
  return { range: { start: start + 1, end: end - 1 }, text: quoted.slice(1, -1) };
}

/** A new string member before another, laid out as that one is. */
export function memberBefore(text: string, next: Node, name: string, value: string): TextEdit {
  const { offset } = next;
  const member = memberLike(text, next, name, value);
  return { range: { start: offset, end: offset }, text: `${member},${gapBefore(text, offset)}` };
}

/** A new member behind another, laid out as that one is. */
export function memberAfter(
  text: string,
  last: Node,
  name: string,
  value: string | boolean,
): TextEdit {
  const end = last.offset + last.length;
  const member = memberLike(text, last, name, value);
  return { range: { start: end, end }, text: `,${gapBefore(text, last.offset)}${member}` };
}

/** Another string member in the place of one. */
export function memberInstead(text: string, old: Node, name: string, value: string): TextEdit {
  return { range: rangeOfNode(old), text: memberLike(text, old, name, value) };
}

/** A member goes, with the comma that parts it from its neighbour. */
export function memberRemoved(member: Node): TextEdit {
  const members = member.parent?.children ?? [];
  const at = members.indexOf(member);
  const [before, after] = [members[at - 1], members[at + 1]];
  const { start, end } = rangeOfNode(member);
  if (before !== undefined) return { range: { start: rangeOfNode(before).end, end }, text: '' };
  return { range: { start, end: after?.offset ?? end }, text: '' };
}

function memberLike(text: string, sample: Node, name: string, value: string | boolean): string {
  const [key, old] = sample.children ?? [];
  const colon =
    key === undefined || old === undefined ? ':' : text.slice(key.offset + key.length, old.offset);
  return `${JSON.stringify(name)}${colon}${JSON.stringify(value)}`;
}

function gapBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && /\s/.test(text[start - 1] ?? '')) start -= 1;
  return text.slice(start, offset);
}
