import { subtasksOf, type Plan } from '../../model/plan';
import { leadOfId } from '../runsheet/subtask';
import { slug } from '../text';
import type { ConversionReport } from './report';

/** How subtasks and phases are called in the converted plan, by their keys. */
export interface ConvertedIds {
  subtasks: ReadonlyMap<string, string>;
  phases: ReadonlyMap<string, string>;
}

/** Keeps every id that the format can write and that stands once; the others get one of their own. */
export function convertedIds(plan: Plan, report: ConversionReport): ConvertedIds {
  const taken = new Set<string>();
  const subtasks = new Map<string, string>();
  let number = 0;
  const next = (): string => {
    do number += 1;
    while (taken.has(numbered(number)));
    return numbered(number);
  };
  const all = subtasksOf(plan);
  for (const { key, id } of all)
    if (key === id && leadOfId(id) !== null && !taken.has(id)) {
      taken.add(id);
      subtasks.set(key, id);
    }
  for (const { key, id } of all) {
    if (subtasks.has(key)) continue;
    const fresh = next();
    taken.add(fresh);
    subtasks.set(key, fresh);
    report.add('Ids that the format cannot write were given new ones', `${id} → ${fresh}`);
  }
  return { subtasks, phases: phaseIds(plan) };
}

function phaseIds(plan: Plan): Map<string, string> {
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  plan.phases.forEach(({ key, title }, index) => {
    const plain = /^[\w.-]+$/.test(key) ? key : slug(title).replace(/[^\w.-]/g, '');
    let id = plain === '' || plain.toLowerCase() === 'none' ? `phase-${index + 1}` : plain;
    while (taken.has(id.toLowerCase())) id = `${id}-${index + 1}`;
    taken.add(id.toLowerCase());
    ids.set(key, id);
  });
  return ids;
}

function numbered(number: number): string {
  return `T${String(number).padStart(2, '0')}`;
}
