import { TabInputText, Uri, window, workspace, type Disposable } from 'vscode';

const scheme = 'runsheet-commands';

/** Commands that wait for approval, as a read-only document; its text is in its address. */
export function registerCommandList(): Disposable {
  return workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => uri.query,
  });
}

/** Shows the text until the returned list is closed. */
export async function showCommandList(text: string): Promise<{ close(): Promise<void> }> {
  const uri = Uri.from({ scheme, path: '/commands.sh', query: text });
  await window.showTextDocument(uri, { preview: true });
  return {
    close: async () => {
      const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
      const own = tabs.filter(
        ({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString(),
      );
      await window.tabGroups.close(own);
    },
  };
}
