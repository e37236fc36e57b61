import { randomBytes } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceTools } from './context';
import type { Git } from './git';

/** What is neither tracked nor ignored, each ended by NUL; a repository of its own ends with `/`. */
export async function untracked(git: Git, path: string): Promise<Buffer> {
  const args = ['ls-files', '--others', '--exclude-standard', '-z'];
  return (await git.run(path, args)).stdout;
}

/**
 * Runs `work` with the environment of a copied index that knows the untracked files too, so that a
 * diff shows them and nothing of the worktree changes.
 */
export async function withUntracked<T>(
  tools: Pick<WorkspaceTools, 'git' | 'files'>,
  path: string,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const paths = filesOnly(await untracked(tools.git, path));
  if (paths === '') return work({});
  const folder = await tools.git.text(path, ['rev-parse', '--absolute-git-dir']);
  const scratch = join(folder, `runsheet-index-${randomBytes(6).toString('hex')}`);
  await copyFile(join(folder, 'index'), scratch);
  try {
    const env = { GIT_INDEX_FILE: scratch, GIT_LITERAL_PATHSPECS: '1' };
    const sparse = tools.git.isAtLeast(2, 34) ? ['--sparse'] : [];
    const args = ['--intent-to-add', '--pathspec-from-file=-', '--pathspec-file-nul'];
    await tools.git.run(path, ['add', ...sparse, ...args], {
      env,
      input: Buffer.from(paths, 'latin1'),
    });
    return await work(env);
  } finally {
    await tools.files.remove(scratch);
  }
}

/** Without embedded repositories. As latin1, which keeps bytes that are no UTF-8. */
function filesOnly(output: Buffer): string {
  const paths = output.toString('latin1').split('\0');
  return paths.filter((path) => path !== '' && !path.endsWith('/')).join('\0');
}
