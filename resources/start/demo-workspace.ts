import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Obstacle } from '../../test/support/errors.js';
import { runToEnd } from '../../test/support/owned-process.js';

const content = join(__dirname, '../demo/workspace');

/** The plan, below the demo workspace. */
export const planName = 'PLAN.md';

/**
 * A small git repository with a plan. A fresh one in the temporary folder, or the one that `RUNSHEET_DEMO` names, which
 * is used again with all that happened in it.
 */
export async function demoWorkspace(chosen = process.env['RUNSHEET_DEMO'] ?? ''): Promise<string> {
  if (chosen === '') {
    // A folder around it, because worktrees are put beside the repository.
    const parent = await mkdtemp(join(tmpdir(), 'runsheet-demo-'));
    return create(join(parent, 'text-statistics'));
  }
  const folder = resolve(chosen);
  if (existsSync(join(folder, planName)) && existsSync(join(folder, '.git'))) return folder;
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Obstacle(
      `RUNSHEET_DEMO names ${folder}, which is not empty and no demo workspace. Name a new folder.`,
    );
  }
  return create(folder);
}

async function create(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await cp(content, folder, { recursive: true });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  // Of this repository alone: a machine without a git identity must do.
  await git(folder, 'config', 'user.name', 'Runsheet demo');
  await git(folder, 'config', 'user.email', 'demo@runsheet.invalid');
  await git(folder, 'config', 'commit.gpgsign', 'false');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', 'Plan a text statistics tool');
  return folder;
}

async function git(folder: string, ...args: string[]): Promise<void> {
  const done = await runToEnd('git', args, { cwd: folder });
  if (done.code !== 0) throw new Obstacle(`git ${args.join(' ')} failed:\n${done.output}`);
}
