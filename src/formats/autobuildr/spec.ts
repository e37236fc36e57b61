import { planDefaults, type Facts, type Phase, type Plan, type Problem } from '../../model/plan';
import { perFile, type SourceFile } from '../format';
import { cycleProblems } from '../graph';
import { LineIndex } from '../text';
import { isPlaceholder, placeholderReason } from '../placeholder';
import { readFeatures } from './spec-features';
import { findElement, scanElements, withoutComments } from './spec-scan';
import { readSteps } from './spec-steps';
import { contentOf, type SpecText } from './spec-text';

export interface SpecReading {
  /** `null`: prose, or requirements alone. */
  plan: Plan | null;
  problems: Problem[];
  facts: Facts;
  /** Where the number of features stands that are to be made of it. */
  claimed: { features: number; line: number; range: { start: number; end: number } } | null;
}

export const readSpec = perFile((file: SourceFile): SpecReading => {
  const text = withoutComments(file.text);
  const spec: SpecText = { path: file.path, text, lines: new LineIndex(text) };
  const problems: Problem[] = [];
  const root = scanElements(text);
  const project = findElement(root, 'project_specification');
  if (project === undefined) return { plan: null, problems, facts: {}, claimed: null };
  const count = findElement(project, 'feature_count');
  const claimed = count === undefined ? null : claimIn(spec, count.contentStart, count.contentEnd);
  const facts: Facts = claimed === null ? {} : { claimed_features: claimed.features };
  const features = readFeatures(spec, project, problems);
  const phases = features.length > 0 ? features : readSteps(spec, project, problems);
  if (phases.length === 0) return { plan: null, problems, facts, claimed };
  const title = findElement(project, 'project_name');
  const overview = findElement(project, 'overview');
  const plan: Plan = {
    ...planDefaults,
    format: 'autobuildr',
    title: title === undefined ? titleOf(spec.path) : contentOf(spec, title).slice(0, 300),
    description: overview === undefined ? '' : contentOf(spec, overview).slice(0, 4000),
    statusNote:
      'A specification has no place for statuses: they are kept in the database. With a feature_list.json beside it they are written there.',
    facts,
    phases: phases.map(markPlaceholders),
    declaredPhases: phases.filter(({ id }) => id !== null).length,
  };
  return { plan, problems: problems.concat(cycleProblems(plan)), facts, claimed };
});

function claimIn({ text, lines }: SpecText, start: number, end: number): SpecReading['claimed'] {
  const number = /\d{1,7}/.exec(text.slice(start, end));
  if (number === null) return null;
  const at = start + number.index;
  const range = { start: at, end: at + number[0].length };
  return { features: Number(number[0]), line: lines.lineAt(at), range };
}

function titleOf(path: string): string {
  return path.split('/').at(-2) ?? path;
}

function markPlaceholders(phase: Phase): Phase {
  const subtasks = phase.subtasks.map((subtask) =>
    isPlaceholder(`${subtask.title}\n${subtask.detail}`)
      ? { ...subtask, notReady: placeholderReason }
      : subtask,
  );
  return { ...phase, subtasks };
}
