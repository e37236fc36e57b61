import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodePlan } from '../formats/decode';
import { formatNamed } from '../formats/registry';
import type { Disk } from '../formats/parts';
import { subtasksOf } from '../model/plan';
import type { Assignment } from './assignment';
import { PlanPlace } from './plan-place';

/** Keys of subtasks that the plan's files in a worktree claim as done and the plan did not. */
export async function newClaims(worktree: string, assignment: Assignment): Promise<string[]> {
  const format = formatNamed(assignment.plan.format);
  const place = await PlanPlace.read(assignment.planPath, { format }, diskAt(worktree), null, null);
  const { name } = assignment.plan;
  const plan = place?.reading.plans.find((one) => one.name === name);
  if (plan === undefined) return [];
  const before = new Map(subtasksOf(assignment.plan).map(({ key, status }) => [key, status]));
  return subtasksOf(plan)
    .filter(({ key, status }) => status === 'claimed' && before.get(key) !== 'claimed')
    .map(({ key }) => key);
}

function diskAt(root: string): Disk {
  return {
    async read(path) {
      const bytes = await readFile(join(root, path)).catch(() => null);
      return bytes === null ? null : decodePlan(bytes);
    },
    async list(folder) {
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
      return entries.map((entry) => ({
        name: entry.name,
        kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other',
      }));
    },
  };
}
