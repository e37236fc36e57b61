import type { Node } from 'jsonc-parser';
import { elementsOf, membersOf, textOf } from './json';

// Values of any shape as lines of text for people.

const deepest = 3;

/** `key: value`, or `key:` and a line for each value of a list; nothing for an empty value. */
export function asLines(key: string, node: Node | undefined): string[] {
  const name = key.replaceAll('_', ' ');
  if (node?.type !== 'array') {
    const text = inline(node, deepest);
    return text === '' ? [] : [`${name}: ${text}`];
  }
  const texts = itemsOf(node);
  return texts.length === 0 ? [] : [`${name}:`, ...texts.map((text) => `- ${text}`)];
}

/** The values of a list, or the one value that stands where a list could. */
export function itemsOf(node: Node | undefined): string[] {
  const nodes = node?.type === 'array' ? elementsOf(node) : [node];
  return nodes.map((one) => inline(one, deepest)).filter((text) => text !== '');
}

function inline(node: Node | undefined, levels: number): string {
  if (node === undefined || node.type === 'null') return '';
  if (node.type === 'boolean') return node.value === true ? 'yes' : 'no';
  const text = textOf(node);
  if (text !== null) return text.trim();
  if (levels === 0) return '…';
  if (node.type === 'array')
    return elementsOf(node)
      .map((one) => inline(one, levels - 1))
      .filter((one) => one !== '')
      .join(', ');
  return [...membersOf(node)]
    .map(([key, value]) => [key.replaceAll('_', ' '), inline(value, levels - 1)] as const)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}`)
    .join('; ');
}
