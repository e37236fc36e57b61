import type { PlanReading } from '../../model/plan';
import type { PlanFormat, PlanSource } from '../format';
import { readingOf } from '../reading';
import { baseName, linesOf } from '../text';
import { readFrontMatter } from './front-matter';
import { isPlanFile, isTree, kindOf, summaryPathOf, treeOf } from './paths';
import { readRoadmap } from './roadmap';
import { phasesIn } from './phase-dependencies';
import { readSingle } from './single';
import { readSummary, statusWord } from './summary';
import { readTree } from './tree';
import { roadmapPathOf, writePhase, writeStatus } from './write';

/** Get Shit Done: a `.planning` folder with a roadmap and plans, or one plan file. */
export const gsdFormat: PlanFormat = {
  name: 'gsd',
  title: 'Get Shit Done',
  paths: [
    '**/.planning/ROADMAP.md',
    '**/.planning/phases/**/*.md',
    '**/.planning/workstreams/*/ROADMAP.md',
    '**/.planning/workstreams/*/phases/**/*.md',
    '**/*-PLAN.md',
    '**/.planning/**/PLAN.md',
  ],
  home: homeOf,
  parts: partsOf,
  detect,
  read,
  locks({ path }) {
    const folder = path.slice(0, -baseName(path).length);
    return { taken: null, awaited: [`${folder}.lock`, `${folder}STATE.md.lock`] };
  },
  write: writeStatus,
  writePhase,
};

function homeOf(path: string): string[] {
  const tree = treeOf(path);
  if (tree === null) return isPlanFile(path) ? [path] : [];
  const { root, rest } = tree;
  if (rest === 'ROADMAP.md' || rest.startsWith('phases/')) return [`${root}/`];
  // Shipped milestones and research are records; quick work and the like stand alone.
  const isRecord = /^(?:milestones|research|codebase|archive|todos|debug)\//.test(rest);
  return isPlanFile(path) && !isRecord ? [path] : [];
}

function partsOf(path: string): string[] {
  if (isTree(path))
    return ['ROADMAP.md', 'PROJECT.md', 'config.json', 'phases/**/*.md'].map(
      (part) => `${path}/${part}`,
    );
  if (kindOf(path) !== 'plan' && treeOf(path) !== null) return [];
  const roadmap = roadmapPathOf(path);
  return roadmap === null ? [summaryPathOf(path)] : [summaryPathOf(path), roadmap];
}

function detect({ path, text }: PlanSource): boolean {
  if (treeOf(path) !== null) return isTree(path) || /\.(?:md|json)$/.test(path);
  const name = baseName(path);
  if (/^\d+(?:\.\d+)*[A-Za-z]?-\d+.*-PLAN\.md$/.test(name)) return true;
  return /\.(?:md|markdown|txt)$/i.test(name) && kindOf(path) !== 'summary' && isPlanText(text);
}

/** Front matter with `phase` and `plan`, or tasks with a type. */
function isPlanText(text: string): boolean {
  if (text.includes('<tasks>') && /^[ \t]*<task\b[^<>\n]*\btype=/m.test(text)) return true;
  if (!/^\uFEFF?---/.test(text)) return false;
  const { values } = readFrontMatter(text, linesOf(text));
  return values.has('phase') && values.has('plan');
}

function read(source: PlanSource): PlanReading {
  if (isTree(source.path)) {
    const { plan, problems } = readTree(source);
    return readingOf([plan], problems, 'tree');
  }
  const kind = kindOf(source.path);
  if (kind === 'plan' || (kind === 'other' && isAskedAsPlan(source))) {
    const { plan, problems } = readSingle(source);
    return readingOf([plan], problems);
  }
  return readSidecar(source, kind);
}

const noPlans =
  /-PLAN-(?:VERIFY|CHECK|REVIEW)\.md$|_PLAN\.md$|-OUTLINE\.md$|^PLAN-INDEX\.md$|\.pre-bounce\.md$/;

/** A file of any name, given by name; in a tree only old fix plans go without `-PLAN`. */
function isAskedAsPlan({ path, text }: PlanSource): boolean {
  const name = baseName(path);
  if (noPlans.test(name) || !/\.(?:md|markdown|txt)$/i.test(name)) return false;
  return (
    treeOf(path) === null ||
    (/^[\d.]+[A-Za-z]?-\d+(?:-FIX\d*)+\.md$/.test(name) && isPlanText(text))
  );
}

function readSidecar(source: PlanSource, kind: string): PlanReading {
  if (kind === 'summary') {
    const { state, word } = readSummary(source);
    return readingOf([], [], kind, { summaryState: state, status: word });
  }
  if (kind === 'verification' || kind === 'uat')
    return readingOf([], [], kind, { status: statusWord(source) });
  if (kind !== 'roadmap') return readingOf([], [], kind);
  const { phases, bullets, problems } = readRoadmap(source);
  const keys = phases.map(({ key }) => key);
  const facts = {
    phases: phases.length,
    phaseIds: keys,
    phaseEdges: phases.flatMap(({ key, dependsOn }) =>
      phasesIn(dependsOn, keys)
        .found.filter((before) => before.key !== key)
        .map((before) => [before.key, key]),
    ),
    plans: bullets.length,
  };
  return readingOf([], problems, kind, facts);
}
