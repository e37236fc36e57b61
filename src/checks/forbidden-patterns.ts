import picomatch from 'picomatch';
import { RunsheetError } from '../model/errors';
import type { Validator } from '../model/validator';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import { maskSecrets } from '../platform/masking';
import { insideDirectory } from '../platform/paths';
import { addedLines, type PlacedLine } from './added-lines';
import type { CheckContext } from './check';
import { finding, stopped, type Finding } from './finding';
import { requirePatterns, searchLines, type PatternMatch } from './pattern-search';

type Config = Extract<Validator, { type: 'forbidden_patterns' }>['config'];

const mostBytes = 64 * 1024 * 1024;
// What nobody means who asks for all files.
const passedOver = new Set(['.git', 'node_modules']);
const shownCharacters = 200;

/**
 * Passed when no line in scope matches. `diff`: the added lines; `files`: all lines of the files
 * that `paths` names, or of the changed ones without it; `events`: what the agent said.
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

  private async linesInScope(config: Config, context: CheckContext): Promise<PlacedLine[]> {
    switch (config.scope) {
      case 'events':
        return linesOf('events', await context.eventText());
      case 'files':
        return this.linesOfFiles(context, await this.pathsInScope(config, context));
      case 'diff': {
        const matches = config.paths === undefined ? null : matcherOf(config.paths);
        const lines = addedLines(await context.diff());
        return lines.filter(({ path }) => matches?.(path) ?? true);
      }
    }
  }

  private async pathsInScope(config: Config, context: CheckContext): Promise<string[]> {
    if (config.paths === undefined) return context.changedPaths();
    const matches = matcherOf(config.paths);
    const bases = new Set(config.paths.map((path) => picomatch.scan(path).base));
    const found = await Promise.all([...bases].map((base) => this.filesBelow(context, base)));
    const paths = [...new Set(found.flat())].filter((path) => matches(path)).sort();
    if (paths.length > 0) return paths;
    // A slip in a glob must not make a check that always passes.
    throw new RunsheetError(
      'validation',
      `No file matches ${config.paths.join(', ')}, so there is nothing to search. Correct "paths".`,
      { field: 'paths', value: config.paths },
    );
  }

  /** Regular files at or below a folder of the tree; links are not followed. */
  private async filesBelow(context: CheckContext, base: string): Promise<string[]> {
    const root = await insideDirectory(this.files, context.directory, base);
    if (root === null)
      throw new RunsheetError(
        'validation',
        `The path ${JSON.stringify(base)} leads out of the worktree. Correct it in the plan.`,
        { field: 'paths', value: base },
      );
    const kind = await this.files.kind(root);
    if (kind !== 'directory') return kind === 'file' ? [base] : [];
    const found: string[] = [];
    const folders = [base.replace(/^\.$|^(?:\.\/)+|\/+$/g, '')];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of await this.files.list(`${context.directory}/${folder}`)) {
        if (passedOver.has(entry.name)) continue;
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.kind === 'directory') folders.push(path);
        else if (entry.kind === 'file') found.push(path);
      }
    }
    return found;
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

function linesOf(path: string, text: string): PlacedLine[] {
  return text.split(/\r?\n/).map((line, index) => ({ path, line: index + 1, text: line }));
}

/** A folder stands for all that is in it. */
function matcherOf(globs: readonly string[]): (path: string) => boolean {
  const all = globs.flatMap((glob) => {
    const plain = glob.replace(/^\.\//, '').replace(/\/+$/, '');
    return [plain, `${plain}/**`];
  });
  return picomatch(all, { dot: true });
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
