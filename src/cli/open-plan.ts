import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { RunsheetError } from '../model/errors';
import type { EngineClient } from '../protocol/engine-client';
import { openPlan } from '../protocol/messages';
import type { PlanView } from '../protocol/views';

/** Where a path of the command line leads to. */
export interface Place {
  /** Absolute. */
  workspace: string;
  cwd: string;
}

/** The path as the engine names it: relative to the workspace, with `/`. */
export async function pathInWorkspace({ workspace, cwd }: Place, path: string): Promise<string> {
  const absolute = resolve(cwd, path);
  // The workspace's own path has no links in it; a folder above the plan may be named by one.
  const folder = await realpath(dirname(absolute)).catch(() => dirname(absolute));
  return relative(workspace, join(folder, basename(absolute)))
    .split(sep)
    .join('/');
}

/** The plan that a file holds. @throws RunsheetError `not_found`. */
export async function planAt(client: EngineClient, place: Place, path: string): Promise<PlanView> {
  const inside = await pathInWorkspace(place, path);
  const { plans, noPlan } = await client.request(openPlan, { path: inside });
  const plan = plans[0];
  if (plan !== undefined) return plan;
  const text = noPlan === null ? `${path} holds no plan.` : `${path}: ${noPlan.text}`;
  throw new RunsheetError('not_found', text, { path });
}
