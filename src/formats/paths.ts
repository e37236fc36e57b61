import { staysInside } from './problems';

// Paths that a task's text names: in backticks, or with a slash and a file extension.

const extensions =
  'ts|tsx|mts|cts|js|jsx|mjs|cjs|json|jsonc|py|pyi|ipynb|md|mdx|ya?ml|toml|css|scss|less|html?|vue|svelte|astro|go|mod|rs|java|kts?|swift|cs|csproj|sln|fs|vb|dart|arb|sql|prisma|sh|bash|zsh|ps1|bat|rb|erb|php|txt|xml|ini|cfg|conf|lock|proto|graphql|gql|tf|c|h|cc|cpp|hpp|m|mm|sol|exs?|erl|hs|scala|clj|lua|r|jl|gradle|plist|csv|svg|png|entitlements|xcstrings|storyboard|tmpl|j2|snap';
const segment = String.raw`[\w.@()[\]{}*+-]+`;
const filePath = new RegExp(`^(?:${segment}/)*[\\w.@()[\\]{}*+-]*\\w\\.(?:${extensions})$`);
const folderPath = new RegExp(`^(?:${segment}/)+$`);
const plainFile =
  /^(?:[\w.@+-]+\/)*(?:Dockerfile|Makefile|Gemfile|Procfile|LICENSE|CODEOWNERS|\.(?:env|gitignore|gitattributes|dockerignore|npmrc|nvmrc|editorconfig|eslintrc|prettierrc)[\w.-]*)$/;
const systemPath =
  /^(?:\/(?:etc|usr|var|home|root|tmp|opt|proc|sys|bin|dev)\/|[A-Za-z]:[\\/]\w)\S*$/;
const longestPath = 300;

export interface NamedPaths {
  /** Relative to the workspace, each once. */
  files: string[];
  /** Named, but outside the workspace. */
  outside: string[];
}

/** The paths that a text names, in order. */
export function pathsIn(text: string): NamedPaths {
  const named = new Set<string>();
  const prose = text.replace(/`([^`\n]+)`/g, (_whole, quoted: string) => {
    const path = withoutLine(quoted.trim());
    if (path.length <= longestPath && isPath(path)) named.add(path);
    return ' ';
  });
  for (const word of prose.includes('/') ? prose.split(/[\s,;"'<>|、，]+/) : []) {
    // Few words of a text can be paths, and the rest costs more than to look for the sign.
    if (!word.includes('/')) continue;
    const path = withoutLine(bare(word));
    if (
      path.length <= longestPath &&
      path.includes('/') &&
      (filePath.test(path) || systemPath.test(path))
    )
      named.add(path);
  }
  return sorted(named);
}

/** The paths that a text names in backticks, in order. */
export function quotedPathsIn(text: string): NamedPaths {
  if (!text.includes('`')) return { files: [], outside: [] };
  const quoted = Array.from(text.matchAll(/`([^`\n]+)`/g), ([, inner = '']) =>
    withoutLine(inner.trim()),
  );
  return sorted(quoted.filter((path) => path.length <= longestPath && isPath(path)));
}

/** A list of paths, as a line says it that names nothing else: `src/a.ts, docs (new)`. */
export function listedPaths(text: string): NamedPaths {
  const plain = text.replace(/\([^()]*\)|（[^（）]*）/g, '').replace(/`/g, '');
  const paths = plain
    .split(/[,;、，；]/)
    .map((part) => withoutLine(part.trim()))
    .filter((path) => path.length <= longestPath && /^\S*[./]\S*$/.test(path));
  return sorted(paths);
}

function sorted(named: Iterable<string>): NamedPaths {
  const paths: NamedPaths = { files: [], outside: [] };
  for (const path of new Set(named)) paths[staysInside(path) ? 'files' : 'outside'].push(path);
  return paths;
}

function isPath(path: string): boolean {
  return [filePath, folderPath, plainFile, systemPath].some((shape) => shape.test(path));
}

/**
 * `src/app.ts:12` and `src/app.ts:12-20` are about `src/app.ts`, as `tests/test_app.py::TestLogin`
 * is about its file.
 */
function withoutLine(path: string): string {
  if (path.length > 2 * longestPath) return path;
  const [file = ''] = path.split('::', 1);
  return file.replace(/:\d[\d,:-]*$/, '');
}

/** A word without the punctuation around it. */
function bare(word: string): string {
  const trimmed = word.replace(/^[([*_]+/, '').replace(/[.:!?*_]+$/, '');
  // Closing brackets belong to a path only when it opened them, as `app/(tabs)/index.tsx` does.
  return /[([]/.test(trimmed) ? trimmed : trimmed.replace(/[)\].:!?*_]+$/, '');
}
