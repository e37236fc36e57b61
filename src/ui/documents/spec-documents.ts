import { t } from '@vscode/l10n';
import {
  Diagnostic,
  DiagnosticSeverity,
  Disposable,
  EventEmitter,
  FileChangeType,
  FilePermission,
  FileSystemError,
  FileType,
  languages,
  Range,
  workspace,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
  type Uri,
} from 'vscode';
import { z } from 'zod';
import { messageOf, RunsheetError } from '../../model/errors';
import { putSpec, readSpec, specOfSubtask, type SpecView } from '../../protocol/spec-messages';
import type { EngineConnection } from '../engine/engine-connection';
import { DisposableStore } from '../lifetime';
import { issuesOf, placeOfIssue } from './spec-issues';
import { newSpec } from './new-spec';
import { specPlaceOf, specScheme } from './spec-uris';

/** Specs as JSON documents: saving one stores its next revision, or shows what is wrong with it. */
export class SpecDocuments implements FileSystemProvider {
  private readonly lifetime = new DisposableStore();
  private readonly changed = this.lifetime.add(new EventEmitter<FileChangeEvent[]>());
  private readonly problems = this.lifetime.add(
    languages.createDiagnosticCollection('runsheet-spec'),
  );
  /** Revisions that VS Code has seen: what a change was made from. */
  private readonly seen = new Map<string, number>();
  readonly onDidChangeFile = this.changed.event;

  constructor(private readonly connection: Pick<EngineConnection, 'request'>) {
    const options = { isCaseSensitive: true };
    this.lifetime.add(workspace.registerFileSystemProvider(specScheme, this, options));
    this.lifetime.add(
      workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === specScheme) this.problems.delete(uri);
      }),
    );
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  /** The revision stands for the time, so that VS Code notices what others have set meanwhile. */
  async stat(uri: Uri): Promise<FileStat> {
    const view = await this.read(uri);
    const size = bytesOf(view).length;
    const stat = { type: FileType.File, ctime: 0, mtime: view.revision, size };
    return workspace.isTrusted ? stat : { ...stat, permissions: FilePermission.Readonly };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    return bytesOf(await this.read(uri));
  }

  async writeFile(uri: Uri, content: Uint8Array): Promise<void> {
    const text = new TextDecoder().decode(content);
    try {
      const spec = jsonOf(text);
      const expected = this.seen.get(uri.toString());
      const wish = { spec, ...(expected === undefined ? {} : { expected }) };
      const view = await this.connection.request(putSpec, wish);
      this.seen.set(uri.toString(), view.revision);
    } catch (error) {
      this.show(uri, text, error);
      throw error;
    }
    this.problems.delete(uri);
    // What is stored has every field.
    this.changed.fire([{ type: FileChangeType.Changed, uri }]);
  }

  watch(): Disposable {
    return new Disposable(() => undefined);
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  private async read(uri: Uri): Promise<SpecView> {
    const place = specPlaceOf(uri);
    if (place === null) throw FileSystemError.FileNotFound(uri);
    const view =
      'name' in place
        ? await this.byName(place.name)
        : await this.connection.request(specOfSubtask, { ...place, derived: false });
    this.seen.set(uri.toString(), view.revision);
    return view;
  }

  /** A name that nobody has used begins with an example. */
  private async byName(name: string): Promise<SpecView> {
    try {
      return await this.connection.request(readSpec, { name });
    } catch (error) {
      if (RunsheetError.is(error, 'not_found')) return newSpec(name);
      throw error;
    }
  }

  private show(uri: Uri, text: string, error: unknown): void {
    const document = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    if (document === undefined) return;
    const diagnostics = issuesOf(error).map(({ path, message }) => {
      const { offset, length } = placeOfIssue(text, path);
      const range = new Range(document.positionAt(offset), document.positionAt(offset + length));
      return new Diagnostic(range, message, DiagnosticSeverity.Error);
    });
    this.problems.set(uri, diagnostics);
  }
}

function bytesOf({ spec }: SpecView): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(spec, null, 2)}\n`);
}

/** @throws RunsheetError `validation`. */
function jsonOf(text: string) {
  try {
    return z.json().parse(JSON.parse(text));
  } catch (error) {
    throw new RunsheetError('validation', t('This is not JSON: {0}', messageOf(error)));
  }
}
