import type { Fact, Plan, PlanReading, Problem } from '../../model/plan';
import { subtasksOf } from '../../model/plan';
import type { PlanFormat, PlanSource } from '../format';
import { frontMatterText, readFrontMatter } from '../front-matter';
import { readingOf } from '../reading';
import { breakdownPlan } from './breakdown';
import { engineeringPlan, readEngineering } from './engineering';
import { readEvents } from './events';
import { homesOf, isOurs, kindOf, partsOf, titleOf } from './kinds';
import { readLog } from './log-plan';
import { productPlan, readProduct } from './product';
import { readMinutes, readSummary } from './reports';
import { schedulePlan } from './schedule';
import { readSession } from './session';

/** Plans of boardroom sessions: operations, engineering and product files, reports, event logs. */
export const vpOpsFormat: PlanFormat = {
  name: 'vp-ops',
  title: 'VP Operations',
  paths: [
    '**/*-vp-ops.md',
    '**/*-vp-engineering.md',
    '**/*-vp-product.md',
    '**/sess_*-minutes.md',
    '**/sess_*-summary.md',
    '**/data/events/*.jsonl',
  ],
  home: homesOf,
  parts: partsOf,
  detect: isOurs,
  read,
  // The files have no place for a status.
  write(source, { key }) {
    const known = read(source).plans.some((plan) =>
      subtasksOf(plan).some((subtask) => subtask.key === key),
    );
    return known ? [] : null;
  },
};

function read(source: PlanSource): PlanReading {
  const kind = kindOf(source);
  const one = ({ plan, problems }: { plan: Plan; problems: Problem[] }) =>
    readingOf([plan], problems, kind);
  switch (kind) {
    case 'ops_analysis':
      return one(readSession(source));
    case 'product_plan':
      return one(productPlan(readProduct(source)));
    case 'engineering_plan':
      return one(engineeringPlan(readEngineering(source)));
    case 'task_breakdown':
      return one(breakdownPlan(source));
    case 'execution_schedule':
      return one(schedulePlan(source));
    case 'events': {
      const { plan, facts, problems } = readLog(readEvents(source));
      return readingOf(plan === null ? [] : [plan], problems, kind, facts);
    }
    case 'minutes':
    case 'summary': {
      const { facts, problems, blockers } = (kind === 'minutes' ? readMinutes : readSummary)(
        source,
      );
      return readingOf([], [...problems, ...blockers], kind, facts);
    }
    case 'proposal':
      return readingOf([], [], kind, proposalFacts(source));
    case 'none':
      return readingOf([], [], kind);
  }
}

/** A proposal is what a session begins with: it is linked, and holds no work. */
function proposalFacts({ text }: PlanSource): Record<string, Fact> {
  const front = readFrontMatter(text);
  const keys = ['status', 'created', 'workflow'].flatMap((key): [string, string][] => {
    const value = frontMatterText(front, key);
    return value === null ? [] : [[key, value]];
  });
  return { title: titleOf(text), ...Object.fromEntries(keys) };
}
