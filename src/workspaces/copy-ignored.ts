import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readlink, symlink, utimes } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { errorCode, type Files } from '../platform/files';
import type { Log } from '../platform/log';
import { insideDirectory } from '../platform/paths';
import { splitNul, type Git } from './git';

const includeFile = '.worktreeinclude';
const atOnce = 16;

/**
 * Copies what a worktree lacks because git ignores it, such as `.env`: the ignored files of `from`
 * that `.worktreeinclude` or `patterns` name, both in the syntax of .gitignore. Copies only what is
 * ignored in `to` as well. Overwrites nothing unless
 * `refresh` asks for what has changed since; never leaves either tree, never takes Runsheet's own
 * folder. Returns what it copied, or found there already.
 */
export async function copyIgnored(
  tools: { git: Git; files: Files; log: Log },
  from: string,
  to: string,
  patterns: readonly string[],
  { refresh = false }: { refresh?: boolean } = {},
): Promise<string[]> {
  const named = await ignoredPaths(tools.git, tools.files, from, patterns);
  const paths = await ignoredAmong(tools.git, to, named);
  const waiting = paths[Symbol.iterator]();
  const copyNext = async (): Promise<void> => {
    for (const path of waiting) await copyEntry(tools.files, tools.log, from, to, path, refresh);
  };
  await Promise.all(Array.from({ length: atOnce }, copyNext));
  return paths;
}

const notes = 'runsheet-copied';

/** Notes beside the worktree's index what was copied into it. */
export async function noteCopies(
  { git, files }: { git: Git; files: Files },
  worktree: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await files.write(await notesOf(git, worktree), Buffer.from(paths.join('\0')));
}

/** What was copied into the worktree when it was made. */
export async function notedCopies(
  { git, files }: { git: Git; files: Files },
  worktree: string,
): Promise<ReadonlySet<string>> {
  const path = await notesOf(git, worktree);
  if ((await files.kind(path)) === null) return new Set();
  return new Set(splitNul(Buffer.from(await files.read(path))));
}

async function notesOf(git: Git, worktree: string): Promise<string> {
  return join(await git.text(worktree, ['rev-parse', '--absolute-git-dir']), notes);
}

async function ignoredPaths(
  git: Git,
  files: Files,
  root: string,
  patterns: readonly string[],
): Promise<string[]> {
  const list = join(root, includeFile);
  const wanted = patterns.map((pattern) => `--exclude=${pattern}`);
  if ((await files.kind(list)) === 'file') wanted.push(`--exclude-from=${list}`);
  if (wanted.length === 0) return [];
  const args = ['ls-files', '--others', '--ignored', '-z', ...wanted];
  const paths = splitNul((await git.run(root, args)).stdout);
  // Only what the person's own rules ignore: anything else untracked is work of theirs.
  const ignored = await ignoredAmong(git, root, paths);
  return ignored.filter((path) => !path.endsWith('/') && !/(?:^|\/)\.runsheet\//.test(path));
}

async function ignoredAmong(git: Git, root: string, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const options = { input: paths.join('\0'), accept: [0, 1] };
  return splitNul((await git.run(root, ['check-ignore', '-z', '--stdin'], options)).stdout);
}

async function copyEntry(
  files: Files,
  log: Log,
  from: string,
  to: string,
  path: string,
  refresh: boolean,
): Promise<void> {
  const target = await insideDirectory(files, to, path);
  const source = join(from, path);
  const link = (await files.kind(source)) === 'link' ? await readlink(source) : null;
  const escapes =
    link !== null &&
    (isAbsolute(link) || (await insideDirectory(files, from, join(dirname(path), link))) === null);
  if (target === null || escapes) {
    log.warn('not copied into the worktree: it would lead out of it', { path });
    return;
  }
  try {
    await mkdir(dirname(target), { recursive: true });
    if (link !== null) await symlink(link, target);
    else if (!refresh)
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    else await refreshFile(source, target);
  } catch (error) {
    const code = errorCode(error);
    // It is there already, or was deleted while we looked.
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}

/** Copies the file with its time, unless the copy that is there tells that it is the same. */
async function refreshFile(source: string, target: string): Promise<void> {
  const wanted = await lstat(source);
  const there = await lstat(target).catch(() => null);
  const isSame = there?.size === wanted.size && there.mtimeMs === wanted.mtimeMs;
  if (isSame || there?.isFile() === false) return;
  await copyFile(source, target, constants.COPYFILE_FICLONE);
  await utimes(target, wanted.atime, wanted.mtime);
}
