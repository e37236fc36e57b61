import { t } from '@vscode/l10n';
import { workspace, type Disposable } from 'vscode';
import { diffRun } from '../../protocol/messages';
import type { EngineConnection } from '../engine/engine-connection';
import { diffScheme, runIdOf } from './run-uris';

/** A run's change since its base commit, as a read-only document. */
export function registerDiffDocuments(connection: Pick<EngineConnection, 'request'>): Disposable {
  return workspace.registerTextDocumentContentProvider(diffScheme, {
    provideTextDocumentContent: async (uri) => {
      const { diff } = await connection.request(diffRun, { runId: runIdOf(uri) });
      return diff === '' ? t('The run changed nothing.') : diff;
    },
  });
}
