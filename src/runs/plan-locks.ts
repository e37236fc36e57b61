import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import type { PlanLock } from '../formats/format';
import { RunsheetError } from '../model/errors';
import type { Clock } from '../platform/clock';
import { errorCode, type Files } from '../platform/files';

const patienceMs = 5000;
const pauseMs = 100;
/** A lock that was not renewed for so long belongs to nobody any more; the tools say the same. */
const staleMs = 10_000;

/** Keeps to the locks of the tools to which plan files belong. Paths are absolute. */
export class PlanLocks {
  constructor(
    private readonly files: Files,
    private readonly clock: Clock,
  ) {}

  /**
   * Does something with a file while no tool that keeps to its locks writes it.
   * @param absolute gives the place of a workspace-relative path.
   * @throws RunsheetError `limit` when another program holds the lock all the time.
   */
  async holding<T>(
    file: string,
    { taken, awaited }: PlanLock,
    absolute: (path: string) => string,
    work: () => Promise<T>,
  ): Promise<T> {
    for (const path of awaited) await this.untilGone(absolute(path));
    if (taken === null) return work();
    const lockfilePath = absolute(taken);
    await this.files.makeDirectory(dirname(lockfilePath));
    const release = await lock(file, {
      ...{ lockfilePath, realpath: false, stale: staleMs },
      retries: { retries: patienceMs / pauseMs, minTimeout: pauseMs, maxTimeout: pauseMs },
    }).catch((error: unknown) => {
      throw errorCode(error) === 'ELOCKED' ? heldBy(lockfilePath) : error;
    });
    try {
      return await work();
    } finally {
      await release();
    }
  }

  private async untilGone(path: string): Promise<void> {
    const until = this.clock.now() + patienceMs;
    while ((await this.files.kind(path)) !== null) {
      if (this.clock.now() >= until) throw heldBy(path);
      await new Promise<void>((done) => this.clock.after(pauseMs, done));
    }
  }
}

function heldBy(path: string): RunsheetError {
  const message = `Another program holds ${path}. Nothing was written; the status is in Runsheet.`;
  return new RunsheetError('limit', message, { path });
}
