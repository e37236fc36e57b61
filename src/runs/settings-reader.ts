import { isAbsolute, join } from 'node:path';
import { decodeFile } from '../formats/decode';
import {
  defaultLimits,
  readWorkspaceConfig,
  workspaceConfigPath,
} from '../formats/workspace-config';
import { noHints } from '../model/agent-spec';
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
    const agents = config.agents.map((agent) => {
      return { ...agent, program: this.programOf(agent.program) };
    });
    return (this.last = { ...config, agents, problems });
  }

  /** A bare name is looked up on the `PATH`; a relative path is the workspace's. */
  private programOf(program: string): string {
    const isName = !/[\\/]/.test(program);
    return isName || isAbsolute(program) ? program : join(this.workspace, program);
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
  checklists: [],
  checks: [],
  setup: null,
  copy: [],
  hosts: [],
  sparse: [],
  conflicts: null,
  agents: [],
  limits: defaultLimits,
  hints: noHints,
  problems: [],
};
