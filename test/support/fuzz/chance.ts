import assert from 'node:assert/strict';
import type { Random } from '../../../bench/random';

/** A whole number from 0 up to, and without, `end`. */
export function upTo(random: Random, end: number): number {
  return Math.floor(random() * end);
}

export function pick<T>(random: Random, list: readonly T[]): T {
  const one = list[upTo(random, list.length)];
  assert.ok(one !== undefined, 'nothing to pick from');
  return one;
}

/** A place in a text, its end included. */
export function placeIn(random: Random, text: string): number {
  return upTo(random, text.length + 1);
}

/** A part of a text, mostly a short one. */
export function partOf(random: Random, text: string): { start: number; end: number } {
  const start = placeIn(random, text);
  const longest = random() < 0.7 ? 80 : text.length;
  return { start, end: Math.min(text.length, start + upTo(random, longest + 1)) };
}

export function inserted(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}

/** Replaces some of the matches of a global pattern, at least one where there is one. */
export function replaceSome(
  text: string,
  random: Random,
  pattern: RegExp,
  put: (match: string) => string,
): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const share = random() < 0.5 ? 0 : random();
  const certain = upTo(random, matches.length);
  let end = 0;
  const parts = matches.map(({ 0: match, index }, position) => {
    const before = text.slice(end, index);
    end = index + match.length;
    return before + (position === certain || random() < share ? put(match) : match);
  });
  return parts.join('') + text.slice(end);
}

/** The lines with their ends. */
export function linesWithEnds(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
