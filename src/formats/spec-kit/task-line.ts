import { idAtStart, looksLikeId } from './ids';

/** What stands behind a box or in a heading: `deco* id deco* label* text`. */
export interface TaskText {
  id: string | null;
  /** Offset of the id within the text. */
  idStart: number;
  labels: string[];
  title: string;
  /** `struck`: the id is struck through; `word`: the text begins with SKIP. */
  skipped: 'struck' | 'word' | null;
  /** It begins like an id but cannot be read as one. */
  unreadable: boolean;
}

const opener = /^(?:~~|\*\*|__|[`[*_])/;
const skipWord = /^[*_~]*SKIP(?:PED)?[*_~]*:?[*_]*\s+(?=\S)/;
const numberStart = /^\d+(?:\.\d+)+(?=\.?(?:$|[\s:)\]*_`~]))/;

/** Reads a task's text; with `numbered`, `1.1` style numbers are ids too. */
export function readTaskText(text: string, numbered = false): TaskText {
  const skip = skipWord.exec(text)?.[0].length ?? 0;
  let at = skip;
  const open: string[] = [];
  for (let found = opener.exec(text.slice(at)); found; found = opener.exec(text.slice(at))) {
    open.push(found[0] === '[' ? ']' : found[0]);
    at += found[0].length;
  }
  const rest = text.slice(at, at + 80);
  const id = idAtStart(rest) ?? (numbered ? (numberStart.exec(rest)?.[0] ?? null) : null);
  if (id === null) {
    const plain = { id, idStart: 0, labels: [], title: text, skipped: null };
    return { ...plain, unreadable: looksLikeId(rest) };
  }
  const { labels, title } = readLabels(text.slice(at + id.length), open);
  const struck = open.includes('~~') ? 'struck' : null;
  const skipped = skip > 0 ? 'word' : struck;
  return { id, idStart: at, labels, title: title === '' ? id : title, skipped, unreadable: false };
}

const label = /^\[([^\]]{1,40})\](?!\()/;
const decorated = /^(\*\*|__|[`*_])\[[^\]]{1,40}\]\1/;

function readLabels(text: string, open: readonly string[]): { labels: string[]; title: string } {
  const labels: string[] = [];
  const closers = [...open];
  let at = 0;
  for (;;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    const rest = text.slice(at);
    const closer = closers.findIndex((sign) => rest.startsWith(sign));
    const found = label.exec(rest);
    const [, sign] = decorated.exec(rest) ?? [];
    if (sign !== undefined) {
      closers.push(sign);
      at += sign.length;
    } else if (closer >= 0) at += closers.splice(closer, 1)[0]?.length ?? 0;
    else if (found !== null) {
      labels.push((found[1] ?? '').trim());
      at += found[0].length;
    } else if (/^[:.)](?=\s|$|\*)/.test(rest)) at += 1;
    else break;
  }
  let title = text.slice(at);
  // A bold run that began before the id may end anywhere in the title.
  for (const sign of closers) title = title.replace(sign, '');
  return { labels, title: title.trim() };
}

const endLabels = /(?:\s\[(?:P|US\d+)\])+(?=(?:\s(?:✅|\[[xX]\]|\[COMPLETED\]|\[DONE\]))?$)/;

/** Headings have what tasks are labelled with at their end. */
export function withEndLabels(text: TaskText): TaskText {
  // No more than the end, so that a long line is read in linear time.
  const end = text.title.slice(-120);
  const [run] = endLabels.exec(end) ?? [];
  if (run === undefined) return text;
  const labels = Array.from(run.matchAll(/\[(\w+)\]/g), ([, word = '']) => word);
  const title = text.title.slice(0, text.title.length - end.length) + end.replace(run, '');
  return { ...text, labels: [...text.labels, ...labels], title: title.trim() };
}
