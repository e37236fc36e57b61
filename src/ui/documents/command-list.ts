import { Uri, window, workspace, type Disposable } from 'vscode';

const scheme = 'runsheet-commands';

/** Commands that wait for approval, as a read-only document; its text is in its address. */
export function registerCommandList(): Disposable {
  return workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => uri.query,
  });
}

export async function showCommandList(text: string): Promise<void> {
  const uri = Uri.from({ scheme, path: '/commands.sh', query: text });
  await window.showTextDocument(uri, { preview: true });
}
