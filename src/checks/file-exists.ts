import { fillPlaceholders, type ConfigOf } from '../model/validator';
import type { Files } from '../platform/files';
import { insideDirectory } from '../platform/paths';
import type { CheckContext } from './check';
import { finding, type Finding } from './finding';

type Config = ConfigOf<'file_exists'>;

/** Passed when something stands, or nothing, at a path of the tree. */
export async function fileExists(
  files: Files,
  config: Config,
  context: CheckContext,
): Promise<Finding> {
  const path = fillPlaceholders(config.path, context.values);
  const target = await insideDirectory(files, context.directory, path);
  const details = { path };
  if (target === null) {
    const message = `The path ${JSON.stringify(path)} leads out of the worktree. Correct it in the plan.`;
    return finding('error', message, { details });
  }
  const exists = (await files.resolve(target)) !== null;
  const message = `${path} ${exists ? 'exists' : 'does not exist'}.`;
  return finding(exists === config.should_exist ? 'passed' : 'failed', message, { details });
}
