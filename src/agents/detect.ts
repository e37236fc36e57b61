import { delimiter, isAbsolute, join } from 'node:path';
import type { Clock } from '../platform/clock';
import type { Files } from '../platform/files';
import type { Spawn } from '../platform/spawn';
import type { AgentDefinition } from './agent';
import { captureOutput } from './capture-output';
import { childEnvironment, type Variables } from './environment';

export interface DetectedAgent {
  definition: AgentDefinition;
  /** Where its program is. */
  path: string;
  /**
   * What it answers to `--version`; `null` when that is nothing within five seconds, and for a
   * workspace's own agent, which is not asked.
   */
  version: string | null;
}

const versionMs = 5_000;

/** Finds out which agents are installed. Remembers the answer as long as the `PATH` is the same. */
export class AgentDetector {
  private readonly known = new Map<string, Promise<DetectedAgent | null>>();

  constructor(
    private readonly spawn: Spawn,
    private readonly files: Files,
    private readonly clock: Clock,
  ) {}

  /** The installed ones of `definitions`, in their order. */
  async detect(
    definitions: readonly AgentDefinition[],
    environment: Variables,
  ): Promise<DetectedAgent[]> {
    const found = await Promise.all(
      definitions.map((definition) => this.detectOnce(definition, environment)),
    );
    return found.filter((agent) => agent !== null);
  }

  /** Forgets what it knows: the person may have installed something. */
  refresh(): void {
    this.known.clear();
  }

  private detectOnce(
    definition: AgentDefinition,
    environment: Variables,
  ): Promise<DetectedAgent | null> {
    const key = JSON.stringify([definition, pathOf(environment)]);
    const known = this.known.get(key) ?? this.look(definition, environment);
    this.known.set(key, known);
    return known;
  }

  private async look(
    definition: AgentDefinition,
    environment: Variables,
  ): Promise<DetectedAgent | null> {
    const path = await this.find(definition.program, environment);
    if (path === null) return null;
    // Asking for the version is running the program.
    const version =
      definition.isOfWorkspace === true ? null : await this.version(path, definition, environment);
    return { definition, path, version };
  }

  private async find(program: string, environment: Variables): Promise<string | null> {
    const folders = isAbsolute(program) ? [''] : pathOf(environment).split(delimiter);
    const endings = ['', ...(environment['PATHEXT']?.toLowerCase().split(';') ?? [])];
    for (const folder of folders.filter((name) => name === '' || isAbsolute(name))) {
      for (const ending of endings) {
        const path = folder === '' ? `${program}${ending}` : join(folder, `${program}${ending}`);
        if (isAbsolute(path) && (await this.isFile(path))) return path;
      }
    }
    return null;
  }

  private async isFile(path: string): Promise<boolean> {
    const target = await this.files.resolve(path);
    return target !== null && (await this.files.kind(target)) === 'file';
  }

  private async version(
    path: string,
    definition: AgentDefinition,
    environment: Variables,
  ): Promise<string | null> {
    const env = childEnvironment(environment, 'version', [], definition.env);
    const command = { program: path, args: ['--version'], cwd: '/', env };
    const output = await captureOutput(this.spawn, this.clock, command, versionMs);
    if (output?.exit.code !== 0) return null;
    const line = output.stdout.split('\n').find((text) => text.trim() !== '');
    return /\d+\.\d+[^\s,)]*/.exec(line ?? '')?.[0] ?? null;
  }
}

function pathOf(environment: Variables): string {
  return environment['PATH'] ?? environment['Path'] ?? '';
}
