import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceTools } from './context';
import { splitNul, type Git } from './git';
import { stageAll } from './sparse';
import type { HistoryStep } from './workspace';

// What trees hold, and how they differ.

export const diffOptions = ['--no-color', '--no-ext-diff', '--no-textconv', '--find-renames'];

export async function diffBetween(
  git: Git,
  path: string,
  from: string,
  to: string,
): Promise<string> {
  const { stdout } = await git.run(path, ['diff', ...diffOptions, from, to]);
  return stdout.toString('utf8');
}

export async function pathsBetween(
  git: Git,
  path: string,
  from: string,
  to: string,
): Promise<string[]> {
  const args = ['diff', '--name-only', '--no-renames', '-z', from, to];
  return splitNul((await git.run(path, args)).stdout).sort();
}

/** Tree hash of all files but ignored ones, through a copy of the index: nothing is changed. */
export async function snapshotOf(
  { git, files }: Pick<WorkspaceTools, 'git' | 'files'>,
  path: string,
): Promise<string> {
  const folder = await git.text(path, ['rev-parse', '--absolute-git-dir']);
  const scratch = join(folder, `runsheet-index-${randomBytes(6).toString('hex')}`);
  await copyFile(join(folder, 'index'), scratch);
  try {
    const env = { GIT_INDEX_FILE: scratch };
    const top = await git.text(path, ['rev-parse', '--show-toplevel']);
    await git.run(top, stageAll(git), { env });
    return await git.text(top, ['write-tree'], { env });
  } finally {
    await files.remove(scratch);
  }
}

/** Tree hash of HEAD, and whether tracked files are not as it has them. */
export async function committedTreeOf(
  git: Git,
  path: string,
): Promise<{ tree: string; changed: boolean }> {
  const args = ['status', '--porcelain=v2', '-z', '--untracked-files=no'];
  const { stdout } = await git.run(path, args);
  const tree = await git.text(path, ['rev-parse', 'HEAD^{tree}']);
  return { tree, changed: stdout.length > 0 };
}

const longest = 1000;
const trailer = '%(trailers:key=Runsheet-Subtask,valueonly,separator=%x20)';

export async function historyOf(
  git: Git,
  path: string,
  ref: string,
  since: string | null,
): Promise<{ steps: HistoryStep[]; isWhole: boolean }> {
  const isOnWay =
    since !== null &&
    (await git.run(path, ['merge-base', '--is-ancestor', since, ref], { accept: [0, 1, 128] }))
      .code === 0;
  const range = isOnWay ? [`${since}..${ref}`] : [`--max-count=${longest}`, ref];
  const format = `--format=%x01%H%x02${trailer}%x02`;
  const steps = ['--first-parent', '-m', '--name-only', '--no-renames', '-z', '--reverse'];
  const { stdout } = await git.run(path, ['log', ...steps, format, ...range, '--']);
  const told = stdout.toString('utf8').split('\x01').slice(1);
  return { steps: told.map(stepOf), isWhole: !isOnWay };
}

function stepOf(text: string): HistoryStep {
  const [commit = '', subtask = '', rest = ''] = text.split('\x02');
  const paths = rest.split('\0').map((path) => path.replace(/^\n/, ''));
  return {
    commit,
    subtask: subtask.trim() || null,
    paths: paths.filter((path) => path !== ''),
  };
}
