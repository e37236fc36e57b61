import { sortProblems } from '../formats/problems';
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

/** All that is to say against a plan file: what its format found, and what the rules find. */
export function lint(reading: PlanReading): Problem[] {
  const found = reading.plans.flatMap((plan) => {
    const graph = graphOf(plan);
    return rules.flatMap((rule) => rule.check(plan, graph));
  });
  return sortProblems([...reading.problems, ...found]);
}

export function diagnosticsOf({ reading, positions }: PlanDocument): Diagnostic[] {
  return shown(lint(reading), positions);
}

/** What is to say against the text of `runsheet.yml`. */
export function settingsDiagnostics(text: string): Diagnostic[] {
  return shown(readWorkspaceConfig(text).problems, new Positions(text));
}

function shown(problems: readonly Problem[], positions: Positions): Diagnostic[] {
  return problems.map(({ rule, severity, line, message, range }) => ({
    range: range === null ? positions.rangeOfLine(line) : positions.rangeOf(range),
    severity: severities[severity],
    code: rule,
    source: 'runsheet',
    message,
  }));
}
