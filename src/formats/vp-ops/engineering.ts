import type { Plan, Problem } from '../../model/plan';
import type { SourceFile } from '../format';
import type { MarkdownLine } from '../markdown';
import { pathOutsideWorkspace, problem, staysInside } from '../problems';
import { leafOf, phaseOf, planOf } from './build';
import {
  bulletsBelow,
  bulletText,
  fieldIn,
  openDocument,
  placeOf,
  sectionNamed,
  sectionsOf,
  stateFacts,
  type SessionDocument,
} from './document';
import { titleOf } from './product';
import { titleAndText } from './session-rows';

// The engineering file: tasks with files. Their ids are written only where others depend on them.

export interface EngineeringTask {
  title: string;
  description: string;
  files: string[];
  /** Ids of the log. */
  dependencies: string[];
  /** The line of the dependencies, or else of the heading. */
  dependencyLine: MarkdownLine;
  detail: string;
  line: MarkdownLine;
  end: number;
}

export interface EngineeringDocument extends SessionDocument {
  tasks: EngineeringTask[];
}

export function readEngineering(file: SourceFile): EngineeringDocument {
  const document = openDocument(file);
  const sections = sectionsOf(sectionNamed(document.lines, /^engineering tasks\b/i), 3);
  const tasks = sections.map(({ heading, line, lines }): EngineeringTask => {
    const files = fieldIn(lines, 'Files');
    const dependencies = fieldIn(lines, 'Dependencies');
    const bullets =
      dependencies?.value === '' ? bulletsBelow(lines, dependencies.line).map(bulletText) : [];
    const value = [dependencies?.value ?? '', ...bullets].join(',').replace(/^,/, '');
    const ids = /^none\b/i.test(value)
      ? []
      : value.split(',').map((id) => id.replaceAll('`', '').trim());
    const filled = lines.findLast(({ blank, text }) => !blank && !/^-{3,}\s*$/.test(text));
    const detail = lines.map(({ text }) => text).join('\n');
    return {
      ...titleAndText(heading.title),
      files: files === null ? [] : bulletsBelow(lines, files.line).flatMap(quotedIn),
      dependencies: ids.filter((id) => id !== ''),
      dependencyLine: dependencies?.line ?? line,
      detail: detail.replace(/\n-{3,}\s*$/, '').trim(),
      line,
      end: filled?.end ?? line.end,
    };
  });
  return { ...document, tasks };
}

function quotedIn(line: MarkdownLine): string[] {
  const quoted = [...line.text.matchAll(/`([^`\n]{1,300})`/g)].flatMap(([, path]) => path ?? []);
  return quoted.length > 0 ? quoted : [bulletText(line)];
}

/** The file read alone: the subtasks in order, without what they depend on. */
export function engineeringPlan(document: EngineeringDocument): {
  plan: Plan;
  problems: Problem[];
} {
  const problems = [...document.problems, ...needsLog(document)];
  const subtasks = document.tasks.map(({ title, detail, files, line, end }, index) => {
    for (const path of files)
      if (!staysInside(path)) problems.push(pathOutsideWorkspace(placeOf(line), path));
    const range = { start: line.start, end };
    const key = String(index + 1);
    return leafOf({ key, keyOrigin: 'position', title, detail, files, line: line.number, range });
  });
  const title = titleOf(document);
  const at = { line: 1, range: { start: 0, end: 0 } };
  const plan = planOf({
    title,
    phases: subtasks.length === 0 ? [] : [phaseOf({ key: '1', id: null, title, subtasks, ...at })],
    declaredPhases: 0,
    facts: {
      ...stateFacts(document),
      with_dependencies: document.tasks.filter(({ dependencies }) => dependencies.length > 0)
        .length,
    },
  });
  return { plan, problems };
}

/** Dependencies that only the log of the session can tell. */
export function needsLog({ tasks }: EngineeringDocument): Problem[] {
  return tasks.flatMap(({ title, dependencies, dependencyLine }): Problem[] => {
    if (dependencies.length === 0) return [];
    const message = `What ${title} depends on (${dependencies.slice(0, 5).join(', ')}) is known only with the event log of the session.`;
    return [problem('info', 'dependency-needs-log', placeOf(dependencyLine), message)];
  });
}
