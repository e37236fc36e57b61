import { userInfo } from 'node:os';
import { Uri, workspace, type ExtensionContext, type WorkspaceFolder } from 'vscode';
import { z } from 'zod';
import type { EngineAddress } from '../../protocol/engine-launcher';

const manifestSchema = z.object({ version: z.string() });

/** Where the folder's engine is found, how it is started, and who asks. */
export function engineAddress(context: ExtensionContext, folder: WorkspaceFolder): EngineAddress {
  return {
    workspace: folder.uri.fsPath,
    program: {
      node: process.execPath,
      script: Uri.joinPath(context.extensionUri, 'dist', 'engine.js').fsPath,
      env: process.env,
    },
    identity: {
      client: {
        kind: 'vscode',
        version: manifestSchema.parse(context.extension.packageJSON).version,
        pid: process.pid,
      },
      person: personName(),
      trusted: workspace.isTrusted,
      run: null,
    },
  };
}

/** The system's name of the person; decisions are stored under it. */
function personName(): string {
  try {
    return userInfo().username.slice(0, 90) || 'unknown';
  } catch {
    // An account without an entry, as in some containers.
    return 'unknown';
  }
}
