import {
  EventEmitter,
  workspace,
  type TextDocument,
  type TextDocumentContentProvider,
  type Uri,
} from 'vscode';
import { describeRun } from '../../protocol/messages';
import type { VerificationView } from '../../protocol/views';
import type { EngineConnection } from '../engine/engine-connection';
import type { EngineState } from '../engine/engine-state';
import type { RunLog, RunLogs } from '../engine/run-logs';
import { DisposableStore, type Ending } from '../lifetime';
import { runIdOf, transcriptScheme } from './run-uris';
import { transcriptText } from './transcript-text';

const redrawMs = 400;

interface OpenTranscript extends Ending {
  log: RunLog | null;
}

/** Transcripts of runs as read-only documents that grow while they are open. */
export class TranscriptDocuments implements TextDocumentContentProvider {
  private readonly lifetime = new DisposableStore();
  private readonly changed = this.lifetime.add(new EventEmitter<Uri>());
  private readonly open = new Map<string, OpenTranscript>();
  private readonly redraws = new Map<string, NodeJS.Timeout>();
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly connection: Pick<EngineConnection, 'request'>,
    private readonly state: EngineState,
    private readonly logs: RunLogs,
  ) {
    this.lifetime.add(workspace.registerTextDocumentContentProvider(transcriptScheme, this));
    this.lifetime.add(workspace.onDidCloseTextDocument((document) => this.close(document)));
    this.lifetime.add(
      state.onDidChange((change) => {
        for (const { after } of change.runs) if (after !== null) this.redrawRun(after.id);
      }),
    );
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    const runId = runIdOf(uri);
    const transcript = this.watch(uri);
    const { run, verifications } = await this.describe(runId);
    return transcriptText(run, transcript.log ?? { events: [], omitted: 0 }, verifications);
  }

  dispose(): void {
    for (const transcript of this.open.values()) transcript.dispose();
    for (const timer of this.redraws.values()) clearTimeout(timer);
    this.lifetime.dispose();
  }

  private watch(uri: Uri): OpenTranscript {
    const key = uri.toString();
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const transcript: OpenTranscript = { log: null, dispose: () => undefined };
    this.open.set(key, transcript);
    const watching = this.logs.watch(runIdOf(uri), (log) => {
      transcript.log = log;
      this.redraw(uri);
    });
    transcript.dispose = () => watching.dispose();
    return transcript;
  }

  /** The mirror's run is newer than an answer can be; only checks have to be asked for. */
  private async describe(runId: string) {
    const run = this.state.mirror.runs.get(runId);
    const noChecks: VerificationView[] = [];
    if (run !== undefined && run.state !== 'ended') return { run, verifications: noChecks };
    return this.connection.request(describeRun, { runId });
  }

  /** At most every 400 ms: VS Code compares the whole text each time. */
  private redraw(uri: Uri): void {
    const key = uri.toString();
    if (this.redraws.has(key)) return;
    const timer = setTimeout(() => {
      this.redraws.delete(key);
      this.changed.fire(uri);
    }, redrawMs);
    this.redraws.set(key, timer);
  }

  private redrawRun(runId: string): void {
    for (const document of workspace.textDocuments) {
      const { uri } = document;
      if (uri.scheme === transcriptScheme && runIdOf(uri) === runId) this.redraw(uri);
    }
  }

  private close(document: TextDocument): void {
    const key = document.uri.toString();
    this.open.get(key)?.dispose();
    this.open.delete(key);
  }
}
