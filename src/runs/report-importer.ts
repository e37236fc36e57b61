import { posix, sep } from 'node:path';
import { kindOf } from '../formats/codebase-mcp/kinds';
import { decodePlan } from '../formats/decode';
import type { SourceFile } from '../formats/format';
import { linesOf } from '../formats/text';
import { RunsheetError } from '../model/errors';
import { errorCode, type Files } from '../platform/files';
import { importActor, imports, type ImportResult } from '../store/repositories/imports';
import { importKinds, type ImportCount } from '../store/repositories/import-pass';
import type { Store } from '../store/store';
import { readReport } from './imported-report';
import { readPrompt, readSession } from './imported-session';
import { shownText } from './imported-text';
import type { ImportSource } from './import-source';
import { sha256 } from './plan-content';
import type { PlanLibrary } from './plan-library';

export interface ImportRequest {
  /** Workspace-relative. */
  path: string;
  /** Stores the rows; else they are only held against the database. */
  apply: boolean;
  /** Whether the writes that wait in comments of the file are rows, too. */
  fallbackWrites: boolean;
  /** Hash that the file must have; `null`: any. */
  expected: string | null;
}

/** What a file says, what was found in it, and what of it the database has. */
export interface ImportAccount {
  path: string;
  hash: string;
  kind: ImportSource['kind'];
  variant: ImportSource['variant'];
  applied: boolean;
  /** By `ImportKind`. */
  counts: Record<string, ImportCount & { stated: number | null }>;
  fieldsMissing: ImportSource['missing'];
  unreadLines: { line: number; text: string }[];
  problems: { line: number; rule: string; message: string }[];
  differences: ImportResult['differences'];
  fallbackWrites: { line: number; time: string; json: string }[];
}

/** Takes status reports, session prompts and session reports into the database; files stay. */
export class ReportImporter {
  constructor(
    private readonly library: PlanLibrary,
    private readonly files: Files,
    private readonly store: Store,
  ) {}

  /** @throws RunsheetError `not_found`, `forbidden`, `validation`, `version_conflict`. */
  async import(request: ImportRequest, actor: string): Promise<ImportAccount> {
    const path = posix.normalize(request.path.split(sep).join('/'));
    const file = await this.read(path);
    const hash = sha256(file.text);
    if (request.expected !== null && request.expected !== hash) {
      const message = `${path} has changed since it was looked at. Look at it again, then import it.`;
      throw new RunsheetError('version_conflict', message, { path });
    }
    const source = sourceOf(file, request.fallbackWrites);
    const unread = unreadIn(file, source);
    const account = { stated: source.stated, unread_lines: unread, fields_missing: source.missing };
    const input = { kind: source.kind, path, hash, rows: source.rows, account };
    const result = request.apply
      ? await this.store.command(
          imports.apply,
          { ...input, requestedBy: actor },
          { actor: importActor(path) },
        )
      : await this.store.query(imports.rehearse, input);
    return {
      path,
      hash,
      ...accountOf(source, result),
      applied: request.apply,
      unreadLines: unread,
    };
  }

  private async read(path: string): Promise<SourceFile> {
    const file = await this.library.locate(path);
    const { text, problem } = decodePlan(await this.bytesOf(path, file));
    if (text !== null) return { path, text };
    const message = `${path}:${problem.line}: ${problem.message}`;
    throw new RunsheetError('validation', message, { path });
  }

  private async bytesOf(path: string, file: string): Promise<Uint8Array> {
    try {
      return await this.files.read(file);
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
      const message = `There is no file ${path} in the workspace.`;
      throw new RunsheetError('not_found', message, { path });
    }
  }
}

/** @throws RunsheetError `validation` for a file of which nothing is imported. */
function sourceOf(file: SourceFile, fallbacks: boolean): ImportSource {
  switch (kindOf(file)) {
    case 'project_status':
      return readReport(file, fallbacks);
    case 'session_prompt':
      return readPrompt(file);
    case 'session_report':
      return readSession(file);
    case 'tasks':
      throw nothingIn(file, 'It is a plan: open it as one.');
    case 'none':
      throw nothingIn(file, 'It is no status report, session prompt or report of a session.');
  }
}

function nothingIn({ path }: SourceFile, why: string): RunsheetError {
  return new RunsheetError('validation', `Nothing of ${path} is imported. ${why}`, { path });
}

function unreadIn({ text }: SourceFile, { problems }: ImportSource): ImportAccount['unreadLines'] {
  const unread = new Set(
    problems.flatMap(({ rule, line }) => (rule === 'unknown-line' ? line : [])),
  );
  if (unread.size === 0) return [];
  return linesOf(text).flatMap((line) =>
    unread.has(line.number)
      ? { line: line.number, text: shownText(line.text.trim()).slice(0, 200) }
      : [],
  );
}

function accountOf(source: ImportSource, { counts, differences }: ImportResult) {
  const entries = importKinds.map((kind) => {
    return [kind, { stated: source.stated[kind], ...counts[kind] }] as const;
  });
  return {
    kind: source.kind,
    variant: source.variant,
    counts: Object.fromEntries(entries),
    fieldsMissing: source.missing,
    problems: source.problems.flatMap(({ line, rule, message }) =>
      rule === 'unknown-line' ? [] : { line, rule, message: shownText(message) },
    ),
    differences: [...source.adjusted, ...differences],
    fallbackWrites: source.waiting.map(({ line, time, json }) => {
      return { line, time: shownText(time), json: shownText(json) };
    }),
  };
}
