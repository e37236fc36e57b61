import type { FileEdit } from '../formats/format';
import type { Problem } from '../model/plan';
import { diagnosticOf, problemsIn, type Diagnostic } from './diagnostics';
import { fileAt, type PlanDocument } from './document';
import { fixers } from './fixes/all';
import { shortest, type Aspect, type Fix, type Trouble } from './fixes/fix';
import { holds } from './fixes/holds';
import { sayExpected } from './fixes/say-expected';
import { shiftAt, shiftIndices } from './fixes/shift-indices';
import type { Range } from './positions';

/** A fix with the diagnostics that it solves. */
export interface QuickFix extends Fix {
  solves: Diagnostic[];
  /** Whether it is the one thing to do, and not one of several. */
  isPreferred: boolean;
}

/** Of a selection that goes over much of a file, the first problems count. */
const mostNear = 10;

/** Of the kinds of problems with a value that is beyond doubt, what else that value decides. */
const decided: readonly Aspect[] = ['status', 'facts', 'words', 'order'];

/**
 * What a person may choose to do against the problems in a part of a file: for each its own fixes,
 * and where a rule is broken more than once one for all of them. Every fix was tried: with it the
 * problem is gone, and all else is read as before.
 * @param at when it is done: ISO 8601 in UTC.
 */
export function quickFixesIn(document: PlanDocument, range: Range, at: string): QuickFix[] {
  const all = problemsIn(document);
  const near = all.filter((problem) => touches(document, problem, range)).slice(0, mostNear);
  const rules = new Set(near.map(({ rule }) => rule));
  return [
    ...near.flatMap((problem) => fixesOf(document, problem, at)),
    ...shiftsIn(document, all, range),
    ...[...rules].flatMap((rule) => {
      return fixOfAll(
        document,
        all.filter((problem) => problem.rule === rule),
        at,
      );
    }),
  ];
}

/** Of a list with indices one too high: those from the cursor on put right. */
function shiftsIn(document: PlanDocument, problems: readonly Problem[], range: Range): QuickFix[] {
  const { path, text, files, positions } = document;
  const selves = problems.filter(({ rule }) => rule === 'self-dependency');
  const [first] = selves;
  if (files.format.name !== 'autobuildr' || first === undefined) return [];
  const solves = selves.map((problem) => diagnosticOf(problem, positions));
  return shiftAt(path, text, positions.offsetAt(range.start))
    .map((fix) => ({ ...fix, edits: fix.edits.map((edit) => smallest(document, edit)) }))
    .filter((fix) => holds(fix, first, files, shiftIndices.changes))
    .map((fix) => ({ ...fix, solves, isPreferred: false }));
}

const known = new WeakMap<Problem, QuickFix[]>();

/** The fixes of one problem, each tried; once, however often a person passes by. */
export function fixesOf(document: PlanDocument, problem: Problem, at: string): QuickFix[] {
  const before = known.get(problem);
  if (before !== undefined) return before;
  const found = tried(document, problem, troubleOf(document, problem, at)).map(({ fix }) => fix);
  const solves = [diagnosticOf(problem, document.positions)];
  const fixes = found.map((fix) => {
    return { ...fix, solves, isPreferred: found.length === 1 && fix.isWide !== true };
  });
  known.set(problem, fixes);
  return fixes;
}

/** More are left to be solved in several steps. */
const mostAtOnce = 500;

/**
 * One change for all problems of a rule: where there is one thing to do against the first, the
 * same against the others. Empty where that is no more than one.
 */
export function fixOfAll(
  document: PlanDocument,
  problems: readonly Problem[],
  at: string,
): QuickFix[] {
  const [first] = problems;
  if (first === undefined || problems.length < 2 || problems.length > mostAtOnce) return [];
  const [way, other] = tried(document, first, troubleOf(document, first, at));
  if (way === undefined || other !== undefined || way.fix.isWide === true) return [];
  const taken = new Set<string>();
  const edits = new Map<string, FileEdit>();
  const solved: Problem[] = [];
  for (const problem of problems) {
    const all = proposals({ ...troubleOf(document, problem, at), taken });
    const added = (all.find(({ kind }) => kind === way.kind)?.fix.edits ?? []).map((edit) =>
      smallest(document, edit),
    );
    const isFree = added.every((edit) => [...edits.values()].every((one) => !overlaps(edit, one)));
    if (added.length === 0 || !isFree) continue;
    for (const edit of added) edits.set(keyOf(edit), edit);
    solved.push(problem);
  }
  const fix = { title: `Fix all ${solved.length} of ${first.rule}`, edits: [...edits.values()] };
  if (solved.length < 2 || !holds(fix, first, document.files, way.changes)) return [];
  const solves = solved.map((problem) => diagnosticOf(problem, document.positions));
  return [{ ...fix, solves, isPreferred: false, isWide: true }];
}

interface Proposal {
  fix: Fix;
  changes: readonly Aspect[];
  /** The same for the same way out of the same kind of problem. */
  kind: string;
}

function proposals(trouble: Trouble): Proposal[] {
  const { rule } = trouble.problem;
  const own = fixers.filter(({ rules }) => rules.includes(rule));
  return [
    ...sayExpected(trouble).map((fix) => ({ fix, changes: decided, kind: 'expected' })),
    ...own.flatMap((fixer, place) =>
      fixer.propose(trouble).map((fix, way) => {
        return { fix, changes: fixer.changes, kind: `${place} ${way}` };
      }),
    ),
  ];
}

/** A trial reads the plan anew: of large files fewer proposals are tried than of small ones. */
const [mostRead, fewestTried] = [5_000_000, 2];

/** The proposals that hold, with the smallest edits. */
function tried(document: PlanDocument, problem: Problem, trouble: Trouble): Proposal[] {
  const most = Math.max(fewestTried, Math.floor(mostRead / document.text.length));
  const proposed = proposals(trouble).slice(0, most);
  return proposed.flatMap((proposal) => {
    const edits = proposal.fix.edits.map((edit) => smallest(document, edit));
    if (edits.length === 0 || !holds({ edits }, problem, document.files, proposal.changes))
      return [];
    return [{ ...proposal, fix: { ...proposal.fix, edits } }];
  });
}

function smallest({ files: { source } }: PlanDocument, edit: FileEdit): FileEdit {
  const text = fileAt(source, edit.path)?.text ?? '';
  return { ...shortest(edit, text), path: edit.path };
}

function troubleOf(document: PlanDocument, problem: Problem, at: string): Trouble {
  const { files, path, text } = document;
  return { problem, files, path, text, at, taken: new Set() };
}

function touches({ positions }: PlanDocument, problem: Problem, asked: Range): boolean {
  const { start, end } = diagnosticOf(problem, positions).range;
  return !(isBefore(end, asked.start) || isBefore(asked.end, start));
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

function keyOf({ path, range, text }: FileEdit): string {
  return `${path}\0${range.start}\0${range.end}\0${text}`;
}

function overlaps(a: FileEdit, b: FileEdit): boolean {
  if (a.path !== b.path || keyOf(a) === keyOf(b)) return false;
  return a.range.start <= b.range.end && b.range.start <= a.range.end;
}
