import type { Plan, Problem } from '../../model/plan';
import type { SourceFile } from '../format';
import { Keys } from '../keys';
import { duplicateId } from '../problems';
import { rangeOf } from '../text';
import { leafOf, linkBatches, phaseOf, planOf } from './build';
import {
  bulletsBelow,
  bulletText,
  duplicateNames,
  fieldIn,
  openDocument,
  outermost,
  placeOf,
  sectionNamed,
  sectionsOf,
  stateFacts,
  type SessionDocument,
} from './document';
import type { MarkdownLine } from '../markdown';

// The product file: phases with acceptance criteria and milestones.

export interface ProductPhase {
  number: string;
  name: string;
  description: string;
  criteria: MarkdownLine[];
  milestones: MarkdownLine[];
  line: MarkdownLine;
}

export interface ProductDocument extends SessionDocument {
  phases: ProductPhase[];
}

export function readProduct(file: SourceFile): ProductDocument {
  const document = openDocument(file);
  const sections = sectionsOf(sectionNamed(document.lines, /^phases\b/i), 3);
  const phases = sections.map(({ heading, line, lines }, index): ProductPhase => {
    const [, number = String(index + 1), name = heading.title] =
      /^(\d{1,6})[.)]\s*(.*)$/.exec(heading.title) ?? [];
    const below = (field: string) => {
      const found = fieldIn(lines, field);
      return found === null ? [] : bulletsBelow(lines, found.line);
    };
    const end = lines.findIndex(({ text }) => /^\s*\*\*/.test(text));
    const prose = lines.slice(0, end < 0 ? lines.length : end).map(({ text }) => text.trim());
    return {
      ...{ number, name, line },
      description: prose.join('\n').trim(),
      criteria: below('Acceptance Criteria'),
      milestones: outermost(below('Milestones')),
    };
  });
  const named = phases.map(({ name, line }) => ({ name, at: placeOf(line) }));
  document.problems.push(...duplicateNames(named, 'phase'));
  return { ...document, phases };
}

/** The file read alone: its milestones are the subtasks. Every number of theirs may be `1.`. */
export function productPlan(document: ProductDocument): { plan: Plan; problems: Problem[] } {
  const problems = [...document.problems];
  const [phaseKeys, keys] = [new Keys(), new Keys()];
  const phases = document.phases.map(({ number, name, criteria, milestones, line }) => {
    const { key, firstLine } = phaseKeys.take(number, line.number);
    if (firstLine !== null) problems.push(duplicateId(placeOf(line), number, firstLine));
    const subtasks = milestones.map((milestone, index) => {
      const own = keys.take(`${number}.${index + 1}`, milestone.number).key;
      const text = bulletText(milestone);
      const range = rangeOf(milestone);
      return leafOf({
        key: own,
        keyOrigin: 'position',
        title: text,
        line: milestone.number,
        range,
      });
    });
    return phaseOf({
      key,
      title: name,
      checkpoint: criteria.length === 0 ? null : criteria.map(bulletText).join('\n'),
      subtasks,
      line: line.number,
      range: rangeOf(line),
    });
  });
  linkBatches(phases);
  const criteria = document.phases.reduce((sum, phase) => sum + phase.criteria.length, 0);
  const plan = planOf({
    title: titleOf(document),
    phases,
    declaredPhases: phases.length,
    facts: { ...stateFacts(document), criteria },
  });
  return { plan, problems };
}

/** `VP Product Plan: sess_1a2b` */
export function titleOf({ title, session, file }: SessionDocument): string {
  const name = title === '' ? file.path : title;
  return session === null ? name : `${name}: ${session}`;
}
