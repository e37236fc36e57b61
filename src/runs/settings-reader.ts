import { join } from 'node:path';
import { decodeFile } from '../formats/decode';
import { readWorkspaceConfig, workspaceConfigPath } from '../formats/workspace-config';
import { errorCode, type Files } from '../platform/files';
import type { Log } from '../platform/log';
import type { WorkspaceSettings } from './workspace-settings';

/** Reads `runsheet.yml` each time it is asked; a file that is not there sets nothing. */
export class SettingsReader {
  private last: WorkspaceSettings = noSettings;

  constructor(
    private readonly workspace: string,
    private readonly files: Files,
    private readonly log: Log,
  ) {}

  /** What the last reading said, for places that cannot wait. */
  get current(): WorkspaceSettings {
    return this.last;
  }

  async read(): Promise<WorkspaceSettings> {
    const text = await this.text();
    if (text === null) return (this.last = noSettings);
    const { config, problems } = readWorkspaceConfig(text);
    for (const { line, message } of problems) {
      this.log.warn(`${workspaceConfigPath}:${line}: ${message}`);
    }
    return (this.last = config);
  }

  private async text(): Promise<string | null> {
    try {
      return decodeFile(await this.files.read(join(this.workspace, workspaceConfigPath))).text;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }
}

const noSettings: WorkspaceSettings = {
  agent: null,
  workers: null,
  checks: [],
  setup: null,
  copy: [],
  agents: [],
};
