import type { SourceRange } from '../../model/plan';
import { comparePhases, phaseKey } from './ids';

/** What a roadmap says that a phase waits for. */
export interface PhaseDependencies {
  /** `none`: it says nothing; `unknown`: what it says is not understood. */
  state: 'none' | 'nothing' | 'read' | 'unknown';
  phases: PhaseSpan[];
}

/** The phases from one to another, both included; mostly one. */
export interface PhaseSpan {
  first: string;
  last: string;
  range: SourceRange;
}

const number = String.raw`\d+(?:\.\d+)*[A-Za-z]?(?![\w.]*\w)`;
const item = new RegExp(
  String.raw`\s*(?:Phases?\s+)?(${number})(?:\s*(?:-|–|—|\bto\b|\bthrough\b)\s*(?:Phase\s+)?(${number}))?`,
  'iy',
);
const separator = /\s*(?:,\s*(?:and\b|&)?|\band\b|\bplus\b|&|\+|;|\/)(?=\s*(?:Phases?\s+)?\d)/iy;

/** `Phase 1 (needs x)`, `Phase 4, Phase 2`, `Phases 1-7`, `Nothing (first phase)`. */
export function dependenciesIn(written: string, range: SourceRange): PhaseDependencies {
  const text = withoutNotes(written.slice(0, 500)).replace(/\*/g, '').trim();
  if (/^(?:nothing|none|n\/a|no\b|—|-|–)/i.test(text)) return { state: 'nothing', phases: [] };
  const start = text.search(/\bPhases?\s+\d/i);
  const phases: PhaseSpan[] = [];
  let at = start < 0 && /^\d/.test(text) ? 0 : start;
  while (at >= 0) {
    item.lastIndex = at;
    const match = item.exec(text);
    const first = phaseKey(match?.[1] ?? '');
    if (match === null || first === null) break;
    phases.push({ first, last: phaseKey(match[2] ?? '') ?? first, range });
    separator.lastIndex = item.lastIndex;
    at = separator.test(text) ? separator.lastIndex : -1;
  }
  return phases.length === 0 ? { state: 'unknown', phases } : { state: 'read', phases };
}

/** Without what stands in parentheses, also in those around others: `Phase 1 (calls run()), 2`. */
function withoutNotes(text: string): string {
  const outer = text.replace(/\([^()]*\)/g, ' ');
  return outer === text ? text : withoutNotes(outer);
}

/** The phases of `keys` in the spans, each once; `isWhole` is whether every end is one of them. */
export function phasesIn(
  { phases }: PhaseDependencies,
  keys: readonly string[],
): { found: { key: string; range: SourceRange }[]; isWhole: boolean } {
  const found = new Map<string, SourceRange>();
  let isWhole = true;
  for (const { first, last, range } of phases) {
    if (!keys.includes(first) || !keys.includes(last)) isWhole = false;
    for (const key of keys)
      if (
        phaseKey(key) !== null &&
        comparePhases(first, key) <= 0 &&
        comparePhases(key, last) <= 0 &&
        !found.has(key)
      )
        found.set(key, range);
  }
  return { found: [...found].map(([key, range]) => ({ key, range })), isWhole };
}
