import { t } from '@vscode/l10n';
import { RelativePattern, workspace, type WorkspaceFolder } from 'vscode';
import { RunsheetError } from '../model/errors';

const planGlobs = '{**/*.plan.md,PLAN.md,plan.md,**/tasks.md,**/implementation_plan.json}';
const foreign = '**/{node_modules,.git,.runsheet,dist,vendor}/**';

/** The folder that this window's engine serves: of several the first that holds a plan. */
export class ServedFolder {
  private chosen: WorkspaceFolder | null = null;

  /** `null` as long as none was chosen or when no folder on a disk is open. */
  get current(): WorkspaceFolder | null {
    return this.chosen ?? foldersOnDisk()[0] ?? null;
  }

  /** What a person should know about the choice; empty when there was none to make. */
  get note(): string {
    const several = foldersOnDisk().length > 1;
    return several && this.chosen !== null ? t('only {0}', this.chosen.name) : '';
  }

  /** @throws RunsheetError `not_found` without a folder on a disk. */
  async choose(): Promise<WorkspaceFolder> {
    const folders = foldersOnDisk();
    this.chosen ??= (folders.length > 1 ? await firstWithPlan(folders) : null) ?? this.current;
    if (this.chosen !== null) return this.chosen;
    throw new RunsheetError('not_found', t('Open a folder first: a plan lives in its workspace.'));
  }
}

function foldersOnDisk(): WorkspaceFolder[] {
  return (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

async function firstWithPlan(folders: readonly WorkspaceFolder[]): Promise<WorkspaceFolder | null> {
  for (const folder of folders) {
    const found = await workspace.findFiles(new RelativePattern(folder, planGlobs), foreign, 1);
    if (found.length > 0) return folder;
  }
  return null;
}
