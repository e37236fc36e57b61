import type { ConfigOf } from '../model/validator';
import type { CheckContext } from './check';
import { finding, unknownChange, type Finding } from './finding';
import { matcherOf, pathBelow } from './tree-files';

const listed = 200;
const named = 5;

/** Passed when the work changed something, and nothing but what it may. */
export async function diffCheck(config: ConfigOf<'diff'>, context: CheckContext): Promise<Finding> {
  const changed = await context.changedPaths();
  if (changed === null) return unknownChange;
  const files = changed.map((path) => pathBelow(context.prefix, path));
  const details = { changed: files.length, files: files.slice(0, listed) };
  if (files.length === 0 && config.require_change)
    return finding('failed', 'Nothing was changed.', { details });
  const count = `${files.length} changed ${files.length === 1 ? 'file' : 'files'}`;
  if (!config.only_declared_files) return finding('passed', `${count}.`, { details });
  const declared = context.declaredFiles;
  if (declared.length === 0) {
    const message =
      'The subtask declares no files, so nobody can say which others changed. Name them under "files".';
    return finding('error', message, { details });
  }
  const isDeclared = matcherOf(declared);
  const others = files.filter((path) => !isDeclared(path));
  if (others.length === 0)
    return finding('passed', `${count}, all of them declared.`, {
      details: { ...details, declared },
    });
  const more = others.length > named ? ` and ${others.length - named} more` : '';
  return finding(
    'failed',
    `Changed without being declared: ${others.slice(0, named).join(', ')}${more}.`,
    {
      output: others.join('\n'),
      details: { ...details, declared, others: others.slice(0, listed) },
    },
  );
}
