// Numbers of phases and plans. `02.1` and `2.1` are one phase, `01-02` and `1-2` one plan.

const numbers = String.raw`\d+(?:\.\d+)*[A-Za-z]?`;
const phaseNumber = new RegExp(`^${numbers}$`);
const folderNumber = new RegExp(`^(?:[A-Z]{1,6}-|[Pp]hase-)?(${numbers})(?=[-_]|$)`);
const planName = new RegExp(
  `^(?:[A-Z]{1,6}-)?(${numbers})-(\\d+(?:\\.\\d+)*)([A-Za-z]?)((?:-FIX\\w*)*)(?=-|$)`,
);

/** A number of a phase without leading zeros; `null` for any other text. */
export function phaseKey(text: string): string | null {
  return phaseNumber.test(text) ? withoutZeros(text).toUpperCase() : null;
}

/** The key of a phase's folder: its number, or its name when it has none. */
export function folderKey(name: string): string {
  return phaseKey(folderNumber.exec(name)?.[1] ?? '') ?? name;
}

/** Phases 999.x are ideas for later. */
export function isBacklog(key: string): boolean {
  return /^999(?:\.|$)/.test(key);
}

export interface PlanRef {
  /** Equal for all spellings of one plan. */
  key: string;
  /** Key of the plan's phase. */
  phase: string;
  /** As people read it: `01-02`, `02.1-03-FIX2`. */
  shown: string;
}

/** Reads the name of a plan: `01-02`, `1-2-PLAN.md`, `01-02-auth`; `null` when it is none. */
export function planRef(text: string): PlanRef | null {
  const [, phase, number, letter = '', fix = ''] = planName.exec(bareName(text)) ?? [];
  if (phase === undefined || number === undefined) return null;
  return refOf(withoutZeros(phase).toUpperCase(), number, `${letter}${fix}`);
}

/** A number without a phase, `02` or `03-FIX2`, means a plan of the phase where it is written. */
export function shortRef(text: string, phase: string): PlanRef | null {
  const [, number, suffix = ''] = /^(\d+)([A-Za-z]?(?:-FIX\w*)*)$/.exec(bareName(text)) ?? [];
  return number === undefined ? null : refOf(phase, number, suffix);
}

function refOf(phase: string, number: string, suffix: string): PlanRef {
  const plan = `${withoutZeros(number)}${suffix}`;
  return {
    key: `${phase}-${plan.toUpperCase()}`,
    phase,
    shown: `${padded(phase)}-${padded(plan)}`,
  };
}

/** A plan's name without its folder, its ending, and a note behind it. */
function bareName(text: string): string {
  const [name = ''] = (text.trim().split('/').at(-1) ?? '').split(/[\s:(]/, 1);
  return name.replace(/\.md$/i, '').replace(/-PLAN$/i, '');
}

function withoutZeros(text: string): string {
  return text.replace(/(^|\.)0+(?=\d)/g, '$1');
}

function padded(text: string): string {
  return /^\d(?!\d)/.test(text) ? `0${text}` : text;
}

/** Orders phases by number: `2`, `2.1`, `2A`, `10`; what has no number comes last, by name. */
export function comparePhases(a: string, b: string): number {
  const [numbered, other] = [phaseKey(a), phaseKey(b)];
  if (numbered === null || other === null)
    return Number(numbered === null) - Number(other === null) || compareText(a, b);
  return compareNames(a, b);
}

/** Orders names with the numbers in them as numbers: `01-02`, `01-02-FIX`, `01-10`. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one, other] = [left[at], right[at]];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    const differ =
      /^\d/.test(one) && /^\d/.test(other) ? Number(one) - Number(other) : compareText(one, other);
    if (differ !== 0) return differ;
  }
  return compareText(a, b);
}

function partsOf(name: string): string[] {
  return name.match(/\d+|[^\d]+/g) ?? [];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
