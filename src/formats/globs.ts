// The few glob signs that plan paths need: `**/`, `*` and `?`. Names that begin with a dot match.

/** Whether a workspace-relative path matches one of the globs. */
export function matchesGlob(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => expressionOf(glob).test(path));
}

const expressions = new Map<string, RegExp>();
/** Plans of a folder have globs of their own: without an end they would pile up. */
const mostKept = 2000;

function expressionOf(glob: string): RegExp {
  const known = expressions.get(glob);
  if (known !== undefined) return known;
  if (expressions.size >= mostKept) expressions.clear();
  const made = compile(glob);
  expressions.set(glob, made);
  return made;
}

function compile(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*|\?|[^*?\w/-]/g, (sign) => {
    if (sign === '**/') return '(?:.*/)?';
    if (sign === '*') return '[^/]*';
    return sign === '?' ? '[^/]' : `\\${sign}`;
  });
  return new RegExp(`^${source}$`);
}
