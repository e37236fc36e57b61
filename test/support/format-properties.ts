import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  inverseOf,
  type FileEdit,
  type PlanFormat,
  type PlanSource,
  type SourceFile,
} from '../../src/formats/format';
import { linesOf } from '../../src/formats/text';
import { subtasksOf, type Plan, type PlanReading, type Subtask } from '../../src/model/plan';
import type { SubtaskStatus } from '../../src/model/status';
import { applyEdits } from './plan-texts';
import { statusChange } from './status-change';

// What holds for every plan format and every text: checks that tests put to samples, to real
// files, and to mutated ones.

/** The statuses that a change may ask a file to say. */
export const askedStatuses: readonly SubtaskStatus[] = [
  'done',
  'pending',
  'in_progress',
  'in_review',
  'blocked',
  'needs_attention',
  'failed',
  'skipped',
  'cancelled',
];

function textAt(source: PlanSource, path: string): string | undefined {
  return path === source.path ? source.text : source.others?.get(path)?.text;
}

/** Reads a source and holds the reading to its promises: places inside the text, keys of their own. */
export function checkReading(format: PlanFormat, source: PlanSource): PlanReading {
  const reading = format.read(source);
  const counts = new Map<string, number>();
  const linesIn = (text: string): number => {
    const lines = counts.get(text) ?? linesOf(text).length;
    counts.set(text, lines);
    return lines;
  };
  for (const { line, range, path } of reading.problems) {
    const text = textAt(source, path ?? source.path) ?? '';
    const lines = linesIn(text);
    assert.ok(line >= 1 && line <= lines, `line ${line} of ${lines}`);
    if (range !== null) assert.ok(range.start >= 0 && range.end <= text.length + 1);
  }
  for (const plan of reading.plans) {
    const keys = subtasksOf(plan).map(({ key }) => key);
    const known = new Set(keys);
    assert.equal(known.size, keys.length, 'keys are unique');
    const phaseKeys = plan.phases.map(({ key }) => key);
    assert.equal(new Set(phaseKeys).size, phaseKeys.length, 'phase keys are unique');
    for (const { range, line, path } of subtasksOf(plan)) {
      const text = textAt(source, path ?? source.path);
      assert.ok(text !== undefined, `${path ?? ''} was not given`);
      assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
      assert.ok(line >= 1 && line <= linesIn(text));
    }
    for (const wave of plan.waves) for (const key of wave.keys) assert.ok(known.has(key), key);
  }
  const names = reading.plans.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, 'plan names are unique');
  return reading;
}

/** A source after edits in any of its files; files without one stay the same objects. */
export function edited(source: PlanSource, edits: readonly FileEdit[]): PlanSource {
  const of = (path: string) => edits.filter((edit) => edit.path === path);
  const others = new Map<string, SourceFile>();
  for (const [path, file] of source.others ?? [])
    others.set(
      path,
      of(path).length === 0 ? file : { path, text: applyEdits(file.text, of(path)) },
    );
  return { path: source.path, text: applyEdits(source.text, of(source.path)), others };
}

function undone(source: PlanSource, edits: readonly FileEdit[]): FileEdit[] {
  const paths = [...new Set(edits.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const own = edits.filter((edit) => edit.path === path);
    return inverseOf(textAt(source, path) ?? '', own).map((edit) => ({ ...edit, path }));
  });
}

/** A plan without what a change of one status and a shift of offsets may change. */
function comparable(plan: Plan, key: string, changes: readonly string[]): unknown {
  const text = JSON.stringify(plan, (name, value: unknown) => {
    if (name.toLowerCase().endsWith('range') || name === 'line') return undefined;
    return changes.includes(name) ? undefined : value;
  });
  const parsed: unknown = JSON.parse(text, (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('key' in value)) return value;
    return value.key === key ? { ...value, status: '', fileStatus: '' } : value;
  });
  return parsed;
}

export interface WritingRules {
  /**
   * What an edit may replace by what, for a status: `old→new` of each edit in the order of the
   * text, joined by ` | `; the empty text where nothing is written.
   */
  expected?(subtask: Subtask, status: SubtaskStatus, plan: Plan): string | RegExp;
  /** Status read afterwards; `null`: what it was. Not asked where nothing was written. */
  readBack?: 'any' | ((status: SubtaskStatus, subtask: Subtask) => SubtaskStatus | null);
  /** The statuses of the other subtasks as Runsheet knows them; without it none is known. */
  known?(subtask: Subtask, plan: Plan): ReadonlyMap<string, SubtaskStatus>;
  /** Names of fields that a change of one status may change elsewhere, e.g. `facts`. */
  changes?: readonly string[];
}

const wordFor: Partial<Record<SubtaskStatus, SubtaskStatus>> = { done: 'claimed' };

/**
 * Asks a plan's file for one status of one subtask and holds the answer to what every format
 * promises: the edits are what the rules expect, undoing them restores every byte, reading again
 * gives the new status and otherwise the same plan, and asking again writes nothing.
 */
export function checkWriting(
  format: PlanFormat,
  source: PlanSource,
  plan: Plan,
  subtask: Subtask,
  status: SubtaskStatus,
  rules: WritingRules,
): void {
  const known = rules.known?.(subtask, plan) ?? new Map<string, SubtaskStatus>();
  const change = statusChange(subtask.key, status, { plan: plan.name, known });
  const edits = format.write(source, change);
  assert.ok(edits !== null, `${subtask.key} was not found again`);
  const shown = edits
    .map(({ path, range, text }) => {
      return `${(textAt(source, path) ?? '').slice(range.start, range.end)}→${text}`;
    })
    .join(' | ');
  const expected = rules.expected?.(subtask, status, plan);
  if (typeof expected === 'string') assert.equal(shown, expected, `${subtask.key} ${status}`);
  else if (expected !== undefined) assert.match(shown, expected, `${subtask.key} ${status}`);
  const after = edited(source, edits);
  assert.deepEqual(texts(edited(after, undone(source, edits))), texts(source), 'undone');
  const again = format.read(after).plans.find(({ name }) => name === plan.name);
  assert.ok(again, 'the plan is gone after writing');
  const changes = rules.changes ?? [];
  assert.deepEqual(
    comparable(again, subtask.key, changes),
    comparable(plan, subtask.key, changes),
    `${subtask.key} ${status}`,
  );
  assert.deepEqual(format.write(after, change), [], 'written twice');
  if (edits.length === 0 || rules.readBack === 'any') return;
  const now = subtasksOf(again).find(({ key }) => key === subtask.key)?.status;
  const wanted = rules.readBack?.(status, subtask);
  const usual = wordFor[status] ?? status;
  assert.equal(now, wanted === undefined ? usual : (wanted ?? subtask.status));
}

function texts({ path, text, others }: PlanSource): [string, string][] {
  return [
    [path, text],
    ...[...(others ?? [])].map(([name, file]): [string, string] => [name, file.text]),
  ];
}

/** A text with parts cut out, doubled or replaced by `pieces`. */
export function mutated(text: string, pieces: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.nat(40),
        put: pieces,
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((changes) =>
      changes.reduce((result, { at, length, put }) => {
        const start = Math.floor(at * result.length);
        return result.slice(0, start) + put.slice(0, 60) + result.slice(start + length);
      }, text),
    );
}
