import { markerVariable } from './process-table';

/** Names of variables; one that ends in `*` stands for all that begin so. */
export type VariableNames = readonly string[];
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What every agent and check gets of the person's environment. No credentials, nothing of git
 * (`GIT_DIR` would lead it out of the worktree), nothing of VS Code or of Node's own options.
 */
const inherited: VariableNames = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TERM', 'COLORTERM', 'TZ'],
  ...['LANG', 'LANGUAGE', 'LC_*', 'TMPDIR', 'TMP', 'TEMP', 'XDG_*'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE'],
  // Where toolchains live, so that a project builds as in the person's own terminal.
  ...['NVM_DIR', 'FNM_DIR', 'VOLTA_HOME', 'PNPM_HOME', 'COREPACK_HOME', 'BUN_INSTALL', 'DENO_DIR'],
  ...['JAVA_HOME', 'MAVEN_HOME', 'GRADLE_USER_HOME', 'ANDROID_HOME', 'DOTNET_ROOT', 'GOPATH'],
  ...['GOROOT', 'CARGO_HOME', 'RUSTUP_HOME', 'PYENV_ROOT', 'VIRTUAL_ENV', 'CONDA_PREFIX'],
  ...['RBENV_ROOT', 'GEM_HOME', 'HOMEBREW_PREFIX', 'ASDF_DATA_DIR', 'MISE_DATA_DIR', 'NIX_PATH'],
];

const inheritedOnWindows: VariableNames = [
  ...['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'OS', 'USERNAME', 'USERDOMAIN'],
  ...['USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'ALLUSERSPROFILE'],
  ...['ProgramData', 'ProgramFiles', 'ProgramFiles(x86)', 'ProgramW6432', 'CommonProgramFiles'],
  ...['CommonProgramFiles(x86)', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'COMPUTERNAME'],
];

/** Never passed on, not even by a prefix that an agent's definition names. */
const withheld: VariableNames = ['GIT_*', 'RUNSHEET_*', 'ELECTRON_RUN_AS_NODE', 'VSCODE_*'];

/**
 * What every agent and check gets beside. Nobody sits at their terminal, so nothing may ask or
 * paint; and an automatic `git gc` would pack the objects that other worktrees are writing and
 * leave a process of its own behind.
 */
const added: Readonly<Record<string, string>> = {
  NO_COLOR: '1',
  NO_UPDATE_NOTIFIER: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'gc.auto',
  GIT_CONFIG_VALUE_0: '0',
  GIT_CONFIG_KEY_1: 'maintenance.auto',
  GIT_CONFIG_VALUE_1: 'false',
};

/**
 * The environment of a process of a run: the allowed part of `source` with `names` beside it, the
 * fixed additions, `values` over all, and the run's marker.
 */
export function childEnvironment(
  source: Variables,
  marker: string,
  names: VariableNames = [],
  values: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const windows = platform === 'win32';
  const allowed = [...inherited, ...(windows ? inheritedOnWindows : []), ...names];
  const passed = Object.entries(source).flatMap(([name, value]) =>
    value !== undefined && matches(name, allowed, windows) && !matches(name, withheld, windows)
      ? [[name, value] as const]
      : [],
  );
  return { ...Object.fromEntries(passed), ...added, ...values, [markerVariable]: marker };
}

function matches(name: string, patterns: VariableNames, ignoreCase: boolean): boolean {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const folded = fold(name);
  return patterns.some((pattern) =>
    pattern.endsWith('*')
      ? folded.startsWith(fold(pattern.slice(0, -1)))
      : folded === fold(pattern),
  );
}
