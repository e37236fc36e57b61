import { constants } from 'node:fs';
import { copyFile, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { errorCode, type Files } from '../platform/files';
import type { Log } from '../platform/log';
import { insideDirectory } from '../platform/paths';
import { splitNul, type Git } from './git';

const includeFile = '.worktreeinclude';
const atOnce = 16;

/**
 * Copies what a worktree lacks because git ignores it, such as `.env`: the ignored files of `from`
 * that `.worktreeinclude` or `patterns` name, both in the syntax of .gitignore. Never overwrites,
 * never leaves either tree, never takes Runsheet's own folder.
 */
export async function copyIgnored(
  tools: { git: Git; files: Files; log: Log },
  from: string,
  to: string,
  patterns: readonly string[],
): Promise<void> {
  const paths = await ignoredPaths(tools.git, tools.files, from, patterns);
  const waiting = paths[Symbol.iterator]();
  const copyNext = async (): Promise<void> => {
    for (const path of waiting) await copyEntry(tools.files, tools.log, from, to, path);
  };
  await Promise.all(Array.from({ length: atOnce }, copyNext));
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
  const { stdout: input } = await git.run(root, args);
  // Only what the person's own rules ignore: anything else untracked is work of theirs.
  const ignored = await git.run(root, ['check-ignore', '-z', '--stdin'], { input, accept: [0, 1] });
  return splitNul(ignored.stdout).filter(
    (path) => !path.endsWith('/') && !path.startsWith('.runsheet/'),
  );
}

async function copyEntry(
  files: Files,
  log: Log,
  from: string,
  to: string,
  path: string,
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
    if (link === null)
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    else await symlink(link, target);
  } catch (error) {
    const code = errorCode(error);
    // It is there already, or was deleted while we looked.
    if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
