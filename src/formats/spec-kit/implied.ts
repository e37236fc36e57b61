import type { Phase } from '../../model/plan';
import { addImplied, phasesInOrder } from '../implied';
import type { MarkdownLine } from '../markdown';

// What the format's own rules say about order where the file states nothing; only the direct
// steps. Declared dependencies come first: an implied one that contradicts them is left out.

const isStory = /user stor(?:y|ies)|\bUS\s?\d|ユーザーストーリー|用户故事/i;

/** A phase follows the one before; story phases may run side by side when the file says so. */
export function linkPhases(phases: readonly Phase[], storiesAreFree: boolean): void {
  let base: string[] = [];
  let stories: string[] = [];
  for (const phase of phasesInOrder(phases)) {
    const id = phase.id ?? phase.key;
    if (storiesAreFree && isStory.test(phase.title)) {
      addImplied(phase, base);
      stories.push(id);
    } else {
      addImplied(phase, stories.length > 0 ? stories : base);
      base = [id];
      stories = [];
    }
  }
}

const saysFree =
  /(?:stories|phases?).{0,60}(?:in parallel|independent(?:ly)?\b)|can start after foundational|並行|并行/i;
const saysOrder =
  /(?:\bUS\s?\d+|user story \d+)[^.|]{0,40}?\bdepends? on\b[^.|]{0,40}?(?:\bUS\s?\d|user story \d)/i;

/** Whether the file says that its stories are independent, and nowhere that one needs another. */
export function storiesAreFree(lines: readonly MarkdownLine[]): boolean {
  const prose = lines.filter(({ kind, text }) => kind === 'text' && text.length < 2000);
  return (
    prose.some(({ text }) => saysFree.test(text)) && !prose.some(({ text }) => saysOrder.test(text))
  );
}
