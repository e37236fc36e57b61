import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPinned } from '../pinned-program';

const execute = promisify(execFile);

// Programs of others that read plans of their own format: what ours is compared with.

export type PeerName = 'openspec' | 'task-master' | 'backlog-md';

const programs: Record<PeerName, string> = {
  openspec: '.bin/openspec',
  'task-master': '.bin/task-master',
  'backlog-md': `backlog.md-${process.platform}-${process.arch}/backlog`,
};
/** A gigabyte of optional parts that no list needs. */
const omit: Partial<Record<PeerName, string[]>> = { 'task-master': ['--omit=optional'] };
/** They report to their makers unless they are told not to. */
const quiet = { OPENSPEC_TELEMETRY: '0', DO_NOT_TRACK: '1', CI: '1', NO_COLOR: '1' };

/** A peer's command line tool, pinned by the lock file in the folder of its name. */
export class Peer {
  private constructor(private readonly program: string) {}

  static async installed(name: PeerName): Promise<Peer> {
    const modules = await installPinned(join(__dirname, name), 'peers', omit[name]);
    return new Peer(join(modules, programs[name]));
  }

  /**
   * What it prints when it is run in a folder; its home is there too, so that it leaves nothing
   * behind.
   * @throws when it fails; the error holds what it printed.
   */
  async run(folder: string, ...args: string[]): Promise<string> {
    const env = { ...process.env, ...quiet, HOME: folder };
    const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024, timeout: 170_000 };
    const { stdout } = await execute(this.program, args, options);
    return stdout;
  }
}
