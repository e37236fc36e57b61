import { sortProblems } from '../formats/problems';
import { toldProblems } from '../formats/reading';
import type { PlanReading, Problem, Severity } from '../model/plan';
import { graphOf } from '../model/plan-graph';
import { readWorkspaceConfig } from '../formats/workspace-config';
import type { PlanDocument } from './document';
import { Positions, type Range } from './positions';
import { rules } from './rules/all';

export interface Diagnostic {
  range: Range;
  /** Number of the Language Server Protocol: 1 error, 2 warning, 3 information. */
  severity: 1 | 2 | 3;
  /** The rule. */
  code: string;
  source: 'runsheet';
  message: string;
}

const severities: Readonly<Record<Severity, Diagnostic['severity']>> = {
  error: 1,
  warning: 2,
  info: 3,
};

/** All that is to say against a plan: what its format found, and what the rules find. */
export function lint(reading: PlanReading): Problem[] {
  const found = reading.plans.flatMap((plan) => {
    const graph = graphOf(plan);
    return rules.flatMap((rule) => rule.check(plan, graph));
  });
  return sortProblems([...reading.problems, ...toldProblems(found)]);
}

const linted = new WeakMap<PlanReading, readonly Problem[]>();

/** The same, found once for a reading. */
export function problemsOf(reading: PlanReading): readonly Problem[] {
  const all = linted.get(reading) ?? lint(reading);
  linted.set(reading, all);
  return all;
}

/** What is to say against the document's file, whichever of its plans it is about. */
export function problemsIn({ files: { source, reading }, path }: PlanDocument): Problem[] {
  return problemsOf(reading).filter((one) => (one.path ?? source.path) === path);
}

/** The same for every plan of a file. */
export function diagnosticsOf(document: PlanDocument): Diagnostic[] {
  return problemsIn(document).map((problem) => diagnosticOf(problem, document.positions));
}

/** What is to say against the text of `runsheet.yml`. */
export function settingsDiagnostics(text: string): Diagnostic[] {
  const positions = new Positions(text);
  return readWorkspaceConfig(text).problems.map((problem) => diagnosticOf(problem, positions));
}

export function diagnosticOf(problem: Problem, positions: Positions): Diagnostic {
  const { rule, severity, line, message, range } = problem;
  return {
    range: range === null ? positions.rangeOfLine(line) : positions.rangeOf(range),
    severity: severities[severity],
    code: rule,
    source: 'runsheet',
    message,
  };
}
