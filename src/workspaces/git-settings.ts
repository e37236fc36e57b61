import { devNull } from 'node:os';

/**
 * What holds for every call. No hooks: with a relative `core.hooksPath` git would run scripts that
 * an agent has just written, and a person's hook must not stop or ask the engine. No signing, for
 * nobody is there to type a passphrase. The rest keeps a person's taste out of what we parse.
 */
const settings = {
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'core.quotePath': 'false',
  'core.safecrlf': 'false',
  'core.longPaths': 'true',
  'commit.gpgSign': 'false',
  'diff.mnemonicPrefix': 'false',
  'diff.noprefix': 'false',
  'diff.relative': 'false',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'merge.autoStash': 'false',
  'rerere.enabled': 'false',
  'submodule.recurse': 'false',
};
/** The settings as `-c` arguments. */
export const settingArguments = Object.entries(settings).flatMap(([name, value]) => [
  '-c',
  `${name}=${value}`,
]);

// How git is installed and configured; every other GIT_ variable would lead it to another
// repository, index or author.
const kept = /^GIT_(?:LFS_.*|EXEC_PATH|CONFIG_GLOBAL|CONFIG_SYSTEM|CONFIG_NOSYSTEM)$/;

/** The environment of every call, from the engine's own. */
export function gitEnvironment(
  source: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const passed = Object.entries(source).flatMap(([name, value]) =>
    value !== undefined && (!/^GIT_/i.test(name) || kept.test(name))
      ? [[name, value] as const]
      : [],
  );
  return { ...Object.fromEntries(passed), GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' };
}
