import type { Child, ChildTag } from './children';

// What the elements of a task say, in texts that people and agents read.

/** The first element of the given names that is not empty, without white space around it. */
export function textOf(children: readonly Child[], ...tags: ChildTag[]): string | null {
  for (const tag of tags) {
    const found = children.find((child) => child.tag === tag && child.content.trim() !== '');
    if (found !== undefined) return dedented(found.content);
  }
  return null;
}

export function folded(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}

/** Without blank lines at both ends, and without the indentation that all lines share. */
export function dedented(text: string): string {
  const lines = (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).split('\n');
  const first = lines[0]?.trim() ?? '';
  const rest = lines.slice(1);
  const shared = rest
    .filter((line) => line.trim() !== '')
    .reduce((least, line) => Math.min(least, line.length - line.trimStart().length), Infinity);
  const cut = Number.isFinite(shared) ? shared : 0;
  return [first, ...rest.map((line) => line.slice(cut).trimEnd())]
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();
}

/** Words that people write where a list is empty. */
export function saysNothing(text: string): boolean {
  return /^(?:|none|nothing|null|n\/?a|tbd|~|-+|—|–|\[\]|\{\})$/i.test(text.trim());
}

/** Paths separated by commas, lines or bullets, without the notes that people put behind them. */
export function filesIn(content: string): string[] {
  const bare = content.replace(/<\/?[a-z][^<>]*>/gi, '\n').replace(/(^|[ \t])\([^()]*\)/gm, '$1');
  const files = bare.split(/[\r\n]+/).flatMap((line) => {
    const text = line.trim().replace(/^[-*+][ \t]+/, '');
    return withoutNote(text).split(',').map(pathIn);
  });
  return [...new Set(files.filter((file) => file !== ''))];
}

function withoutNote(text: string): string {
  const dash = text.search(/(?:^|[ \t])(?:[—–]|-(?=[ \t]))/);
  return dash < 0 ? text : text.slice(0, dash);
}

/** The path at the start of an entry; words of a sentence are none. */
function pathIn(entry: string): string {
  const text = entry
    .trim()
    .replace(/^`([^`]*)`.*$/, '$1')
    .replace(/^["'`]|["'`]$/g, '');
  if (saysNothing(text)) return '';
  const [first = '', ...more] = text.split(/\s+/);
  return more.length === 0 || /[/.]/.test(first) ? first.replace(/[;:]$/, '') : '';
}

/** The commands and texts of `<verify>`, in order. */
export function verificationIn(content: string): string[] {
  const texts: string[] = [];
  const unclosed = new Set<string>();
  let [rest, at] = ['', 0];
  for (const match of content.matchAll(/<(automated|human-check|manual)(?:\s[^<>]*)?>/g)) {
    const [whole, tag = ''] = match;
    if (match.index < at || unclosed.has(tag)) continue;
    const close = content.indexOf(`</${tag}>`, match.index);
    if (close < 0) {
      unclosed.add(tag);
      continue;
    }
    const text = dedented(content.slice(match.index + whole.length, close));
    texts.push(tag === 'automated' ? text : `A person checks: ${text}`);
    rest += content.slice(at, match.index);
    at = close + tag.length + 3;
  }
  return [...texts, dedented(rest + content.slice(at))].filter((text) => text !== '');
}

/** How many checks a person makes at the end of the phase. */
export function humanChecksIn(content: string): number {
  return content.match(/<human-check(?:\s[^<>]*)?>/g)?.length ?? 0;
}

/** The options of a decision: `- id: name`. */
export function optionsIn(content: string): string {
  const options = [
    ...content.matchAll(/<option(?:\s+id="([^"]*)")?[^<>]*>\s*(?:<name>([^<]*)<\/name>)?/g),
  ];
  if (options.length === 0) return dedented(content);
  return options
    .map(
      ([, id = '', name = '']) =>
        `- ${[id, folded(name)].filter((part) => part !== '').join(': ')}`,
    )
    .join('\n');
}
