import type { Plan, PlanReading, Problem } from '../../model/plan';
import { editsOf, type PlanFormat, type PlanSource, type SourceFile } from '../format';
import { readingOf } from '../reading';
import { baseName } from '../text';
import { besideList } from './beside';
import { isOwn, kindOf } from './kind';
import { readList } from './list';
import { planOfLog, readLog } from './log';
import { readSpec } from './spec';
import { writeStatus } from './write';

const featuresFolders = ['', 'docs/', '.harness/', 'runs/*/'];

/** AutoBuildr and its relatives: a feature list, with its progress log and its specification. */
export const autobuildrFormat: PlanFormat = {
  name: 'autobuildr',
  title: 'AutoBuildr',
  paths: [
    '**/feature_list.json',
    '**/feature_list_*.json',
    // Elsewhere `features.json` is a common name for anything.
    ...featuresFolders.map((folder) => `${folder}features*.json`),
    '**/claude-progress*.txt',
    '**/claude-progress.md',
    '**/app_spec*.txt',
  ],
  home,
  parts,
  detect: isOwn,
  read(source) {
    const kind = kindOf(source);
    switch (kind) {
      case 'feature_list':
        return readListAndRest(source);
      case 'progress_log': {
        const log = readLog(source);
        return readingOf(one(planOfLog(log, source)), ownOf(log.problems), kind, log.facts);
      }
      case 'app_spec': {
        const { plan, problems, facts } = readSpec(source);
        return readingOf(one(plan), ownOf(problems), kind, facts);
      }
      case 'spec_status':
      case 'none':
        return readingOf([], [], kind);
    }
  },
  write(source, change) {
    const kind = kindOf(source);
    if (kind === 'feature_list') {
      const edits = writeStatus(source, change);
      return edits === null ? null : editsOf(source, edits);
    }
    // Agents own the log, and a specification has no place for a status.
    const plan =
      kind === 'progress_log' ? planOfLog(readLog(source), source) : planOfSpec(source, kind);
    const subtasks = plan?.phases.flatMap((phase) => phase.subtasks) ?? [];
    return subtasks.some(({ key }) => key === change.key) ? [] : null;
  },
};

function planOfSpec(file: SourceFile, kind: string): Plan | null {
  return kind === 'app_spec' ? readSpec(file).plan : null;
}

function one(plan: Plan | null): Plan[] {
  return plan === null ? [] : [plan];
}

/** Problems of a file that is read by itself. */
function ownOf(problems: readonly Problem[]): Problem[] {
  return problems.map(({ path: _path, ...rest }) => rest);
}

function readListAndRest(source: PlanSource): PlanReading {
  const { plan, entries, problems } = readList(source);
  if (plan === null) return readingOf([], problems, 'feature_list');
  const beside = besideList(source, entries);
  const facts = { ...plan.facts, ...beside.facts };
  return readingOf([{ ...plan, facts }], [...problems, ...beside.problems], 'feature_list');
}

/** Folders below a list's that hold its log and its specification, too. */
const foldersBelow = ['', 'prompts/', 'spec/', '.autocoder/prompts/'];
/** Folders in which a list may stand beside those of its project. */
const listFolder = /(?:^|\/)(?:docs|\.harness)\/$/;

/** The list of a folder is the plan; its log and its specification belong to it. */
function home(path: string): string[] {
  const name = baseName(path);
  if (!/^(?:claude-progress.*|app_spec\.txt)$/i.test(name)) return [path];
  const folder = path.slice(0, -name.length);
  const project = folder.replace(/(^|\/)(?:(?:\.autocoder\/)?prompts|spec)\/$/, '$1');
  const folders = [folder, project, `${project}docs/`, `${project}.harness/`];
  return [...new Set(folders)].map((place) => `${place}feature_list.json`).concat(path);
}

/** Only the list that gives a folder its plan has the other files with it. */
function parts(path: string): string[] {
  const name = baseName(path);
  if (!/^(?:feature_list|features)\.json$/i.test(name)) return [];
  const folder = path.slice(0, -name.length);
  const below = foldersBelow.flatMap((place) => [
    `${folder}${place}claude-progress*.txt`,
    `${folder}${place}claude-progress.md`,
    `${folder}${place}app_spec.txt`,
  ]);
  if (!listFolder.test(folder)) return below;
  const project = folder.replace(/[^/]+\/$/, '');
  const names = [
    'claude-progress.txt',
    'claude-progress.md',
    'app_spec.txt',
    'prompts/app_spec.txt',
  ];
  return [...below, ...names.map((other) => `${project}${other}`)];
}
