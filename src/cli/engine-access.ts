import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EngineClient } from '../protocol/engine-client';
import {
  connectToEngine,
  connectToLivingEngine,
  type EngineAddress,
} from '../protocol/engine-launcher';

/** How the terminal reaches the engine of a workspace. */
export class EngineAccess {
  private readonly address: EngineAddress;

  constructor(workspace: string, version: string) {
    this.address = {
      workspace: realpathSync(workspace),
      program: {
        node: process.execPath,
        script: join(__dirname, 'engine.js'),
        env: process.env,
      },
      identity: {
        client: { kind: 'cli', version, pid: process.pid },
        person: userInfo().username.slice(0, 90) || 'unknown',
        // Whoever types a command in a folder has decided to work in it.
        trusted: true,
        run: process.env['RUNSHEET_RUN_ID'] ?? null,
      },
    };
  }

  async connect(): Promise<EngineClient> {
    return new EngineClient(await connectToEngine(this.address));
  }

  /** `null` when no engine lives. */
  async connectIfAlive(): Promise<EngineClient | null> {
    const link = await connectToLivingEngine(this.address);
    return link === null ? null : new EngineClient(link);
  }
}
