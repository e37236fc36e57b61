// The few glob signs that plan paths need: `**/`, `*` and `?`. Names that begin with a dot match.

/** Whether a workspace-relative path matches one of the globs. */
export function matchesGlob(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => expressionOf(glob).test(path));
}

function expressionOf(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*|\?|[^*?\w/-]/g, (sign) => {
    if (sign === '**/') return '(?:.*/)?';
    if (sign === '*') return '[^/]*';
    return sign === '?' ? '[^/]' : `\\${sign}`;
  });
  return new RegExp(`^${source}$`);
}
