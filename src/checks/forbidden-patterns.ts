import { RunsheetError } from '../model/errors';
import type { ConfigOf } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import { maskSecrets } from '../model/secrets';
import { insideDirectory } from '../platform/paths';
import { additionsIn, type PlacedLine } from './added-lines';
import type { CheckContext } from './check';
import { finding, stopped, unknownChange, type Finding } from './finding';
import { requirePatterns, searchLines, type PatternMatch } from './pattern-search';
import { filesMatching, matcherOf, pathBelow } from './tree-files';

type Config = ConfigOf<'forbidden_patterns'>;

const mostBytes = 64 * 1024 * 1024;
const shownCharacters = 200;

/**
 * Passed when no line in scope matches. `diff`: the added lines, and all lines of text files that
 * an attribute of git keeps out of diffs; `files`: all lines of the files
 * that `paths` names, or of the changed ones without it; `events`: what the agent said and
 * its tools printed.
 */
export class ForbiddenPatterns {
  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
  ) {}

  async run(config: Config, context: CheckContext): Promise<Finding> {
    const flags = config.case_sensitive ? '' : 'i';
    requirePatterns(config.patterns, flags);
    const lines = await this.linesInScope(config, context);
    if (lines === null) return unknownChange;
    const texts = lines.map(({ text }) => text);
    const limits = { clock: this.clock, signal: context.signal };
    const result = await searchLines(config.patterns, flags, texts, limits);
    if (result.kind === 'cancelled') return stopped;
    if (result.kind === 'timed_out') {
      const pattern = config.patterns[result.pattern] ?? '';
      const message = `The pattern ${JSON.stringify(pattern)} took too long; write it without nested repetitions.`;
      return finding('error', message, { details: { pattern } });
    }
    return describe(config, lines, result.matches);
  }

  /** `null`: nobody knows what is in scope. */
  private async linesInScope(config: Config, context: CheckContext): Promise<PlacedLine[] | null> {
    const { paths } = config;
    switch (config.scope) {
      case 'events': {
        const text = await context.eventText();
        return text === null ? null : linesOf('events', text);
      }
      case 'files': {
        const found =
          paths === undefined
            ? await changedFiles(context)
            : await this.namedFiles(context.directory, paths);
        return found === null ? null : this.linesOfFiles(context, found);
      }
      case 'diff': {
        const diff = await context.diff();
        if (diff === null) return null;
        const matches = paths === undefined ? null : matcherOf(paths);
        const isMeant = (path: string): boolean => matches?.(path) ?? true;
        const { added, unshown } = additionsIn(diff);
        const hidden = unshown.map((path) => pathBelow(context.prefix, path)).filter(isMeant);
        const lines = added
          .map((line) => ({ ...line, path: pathBelow(context.prefix, line.path) }))
          .filter(({ path }) => isMeant(path));
        return [...lines, ...(await this.linesOfFiles(context, hidden))];
      }
    }
  }

  private async namedFiles(directory: string, paths: readonly string[]): Promise<string[]> {
    const found = await filesMatching(this.files, directory, paths);
    if (found.length > 0) return found;
    // A slip in a glob must not make a check that always passes.
    throw new RunsheetError(
      'validation',
      `No file matches ${paths.join(', ')}, so there is nothing to search. Correct "paths".`,
      { field: 'paths', value: paths },
    );
  }

  private async linesOfFiles(
    context: CheckContext,
    paths: readonly string[],
  ): Promise<PlacedLine[]> {
    const lines: PlacedLine[] = [];
    let size = 0;
    for (const path of paths) {
      const target = await insideDirectory(this.files, context.directory, path);
      if (target === null || (await this.files.kind(target)) !== 'file') continue;
      const bytes = await this.files.read(target);
      size += bytes.length;
      if (size > mostBytes)
        throw new RunsheetError(
          'limit',
          `The files in scope have more than ${mostBytes / 1024 / 1024} MB. Name fewer in "paths".`,
        );
      // A file with a zero byte is no text.
      if (!bytes.includes(0)) lines.push(...linesOf(path, new TextDecoder().decode(bytes)));
    }
    return lines;
  }
}

async function changedFiles(context: CheckContext): Promise<string[] | null> {
  const changed = await context.changedPaths();
  return changed?.map((path) => pathBelow(context.prefix, path)) ?? null;
}

function linesOf(path: string, text: string): PlacedLine[] {
  return text.split(/\r?\n/).map((line, index) => ({ path, line: index + 1, text: line }));
}

function describe(
  config: Config,
  lines: readonly PlacedLine[],
  matches: readonly PatternMatch[],
): Finding {
  const found = matches.flatMap(({ pattern, line }) => {
    const place = lines[line];
    if (place === undefined) return [];
    const text = maskSecrets(place.text).slice(0, shownCharacters);
    return [{ pattern: config.patterns[pattern] ?? '', path: place.path, line: place.line, text }];
  });
  const first = found[0];
  if (first === undefined)
    return finding('passed', `No forbidden pattern in ${lines.length} lines.`, {
      details: { scope: config.scope, lines: lines.length },
    });
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  return finding(
    'failed',
    `Forbidden: ${first.path}:${first.line} matches ${JSON.stringify(first.pattern)}${more}.`,
    {
      output: found.map(({ path, line, text }) => `${path}:${line}: ${text}`).join('\n'),
      details: { scope: config.scope, matches: found },
    },
  );
}
