import { Uri } from 'vscode';
import type { RunView } from '../../protocol/views';

export const transcriptScheme = 'runsheet-run';
export const diffScheme = 'runsheet-diff';

type Named = Pick<RunView, 'id' | 'subtaskKey' | 'attempt'>;

/** The path is what the tab shows; the query is the run's id. */
export function transcriptUri(run: Named): Uri {
  return uriOf(transcriptScheme, run, 'log');
}

export function diffUri(run: Named): Uri {
  return uriOf(diffScheme, run, 'diff');
}

export function runIdOf(uri: Uri): string {
  return uri.query;
}

function uriOf(scheme: string, run: Named, extension: string): Uri {
  const name = `${run.subtaskKey}-${run.attempt}`.replace(/[^\w.-]+/g, '-');
  return Uri.from({ scheme, path: `/${name}.${extension}`, query: run.id });
}
