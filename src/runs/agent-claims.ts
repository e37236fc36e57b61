import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeFile } from '../formats/decode';
import { readPlan, formatNamed } from '../formats/registry';
import { subtasksOf } from '../model/plan';
import type { Assignment } from './assignment';

/** Keys of subtasks that the plan file in a worktree claims as done and the plan did not. */
export async function newClaims(worktree: string, assignment: Assignment): Promise<string[]> {
  const bytes = await readFile(join(worktree, assignment.planPath)).catch(() => null);
  const text = bytes === null ? null : decodeFile(bytes).text;
  if (text === null) return [];
  const source = { path: assignment.planPath, text };
  const plan = readPlan(source, formatNamed(assignment.plan.format))?.plans[0];
  if (plan === undefined) return [];
  const before = new Map(subtasksOf(assignment.plan).map(({ key, status }) => [key, status]));
  return subtasksOf(plan)
    .filter(({ key, status }) => status === 'claimed' && before.get(key) !== 'claimed')
    .map(({ key }) => key);
}
