import { phaseDefaults, planDefaults, type Facts, type Plan, type Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { selfDependency } from '../problems';
import { readDocument, type PlanDocument } from './document';
import { groupOf, type Group } from './group';
import { summaryPathOf } from './paths';
import { notAPlan, ownRef, referencesOf, shortReference } from './references';
import { readSummary } from './summary';
import { phaseTitleOf } from './tree-words';

/** A plan file that is read by itself; what it depends on lies in other files. */
export interface SingleReading {
  plan: Plan;
  group: Group;
  problems: Problem[];
}

export function readSingle(source: PlanSource): SingleReading {
  const document = readDocument(source);
  const report = source.others?.get(summaryPathOf(source.path));
  const summary = report === undefined ? null : readSummary(report);
  const group = groupOf(document, document.stem, summary, null);
  const title = titleOf(document);
  const plan: Plan = {
    ...planDefaults,
    format: 'gsd',
    title,
    description: descriptionOf(document),
    statusNote,
    facts: factsOf(document),
    phases: [
      {
        ...phaseDefaults,
        ...{ key: document.stem, id: null, title, dependsOn: [], subtasks: group.subtasks },
        line: 1,
        range: { start: 0, end: 0 },
      },
    ],
    declaredPhases: 0,
  };
  return { plan, group, problems: [...document.problems, ...referenceProblems(document)] };
}

const statusNote =
  'A GSD plan has no status of its own: it counts as claimed when a SUMMARY.md beside it says so. Runsheet keeps what it knows itself; when every task is done it ticks the plan in ROADMAP.md, where the plan belongs to a roadmap.';

/** Its number with the name of its phase, else with what it is for. */
function titleOf({ stem, front, objective }: PlanDocument): string {
  const phase = front.values.get('phase')?.text.trim() ?? '';
  const name = phaseTitleOf(phase);
  const isNamed = /^(?:[A-Z]{1,6}-)?\d/.test(phase) && name !== phase;
  const [first = ''] = objective.split('\n', 1);
  const words = isNamed ? name : clipped(first.trim());
  return words === '' ? stem : `${stem}: ${words}`;
}

const longestTitle = 60;

/** The beginning up to a word. */
function clipped(text: string): string {
  if (text.length <= longestTitle) return text;
  return `${text.slice(0, longestTitle).replace(/\s+\S*$/, '')}…`;
}

function descriptionOf(document: PlanDocument): string {
  const before = referencesOf(document).flatMap(({ ref }) => ref?.shown ?? []);
  return [
    document.objective,
    before.length === 0 ? '' : `Depends on ${before.join(', ')}.`,
    document.context.length === 0 ? '' : `Read first: ${document.context.join(', ')}`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function factsOf(document: PlanDocument): Facts {
  const { form, tasks, wave } = document;
  const own = ownRef(document).shown;
  const edges = referencesOf(document).flatMap(({ ref }) =>
    ref === null ? [] : [[ref.shown, own]],
  );
  const humanChecks = tasks.reduce((sum, task) => sum + task.humanChecks, 0);
  return {
    form,
    titles: tasks.map(({ written }) => written),
    types: tasks.map(({ type }) => type),
    edges,
    ...(wave === null ? {} : { wave }),
    ...(humanChecks === 0 ? {} : { humanChecks }),
  };
}

function referenceProblems(document: PlanDocument): Problem[] {
  const own = ownRef(document);
  return referencesOf(document).flatMap((reference): Problem[] => {
    const { ref, isShort, written } = reference;
    if (ref === null) return [notAPlan(reference, null)];
    const short = isShort ? [shortReference(reference, null)] : [];
    return ref.key === own.key ? [...short, selfDependency(written, own.shown)] : short;
  });
}
