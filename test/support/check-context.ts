import { neverPaused, type CheckContext } from '../../src/checks/check';
import { ValidatorRunner, type CheckEffects } from '../../src/checks/runner';
import { validatorSchema, type Validator } from '../../src/model/validator';
import { SystemClock } from '../../src/platform/clock';
import { NodeFiles } from '../../src/platform/files';
import { NodeHttp } from '../../src/platform/http';
import { silentLog } from '../../src/platform/log';
import { NodeSpawn } from '../../src/platform/spawn';

/** A context in which everything is approved and nothing has happened. */
export function checkContext(directory: string, parts: Partial<CheckContext> = {}): CheckContext {
  return {
    directory,
    prefix: '',
    diff: () => Promise.resolve(''),
    changedPaths: () => Promise.resolve([]),
    eventText: () => Promise.resolve(''),
    declaredFiles: [],
    hosts: [],
    reviewer: null,
    snapshot: () => Promise.resolve('0'.repeat(40)),
    values: { run_id: 'run-1' },
    env: { PATH: process.env['PATH'] ?? '' },
    isApproved: () => true,
    marker: 'run-1',
    signal: new AbortController().signal,
    pause: neverPaused,
    time: new SystemClock(),
    ...parts,
  };
}

/** A runner with the real effects; processes that outlive their check are not looked for. */
export function validatorRunner(parts: Partial<CheckEffects> = {}): ValidatorRunner {
  return new ValidatorRunner({
    spawn: new NodeSpawn(),
    files: new NodeFiles(),
    clock: new SystemClock(),
    log: silentLog,
    http: new NodeHttp(),
    followTree: () => ({ hold: () => Promise.resolve(), stop: () => Promise.resolve() }),
    ...parts,
  });
}

/** A validator as a plan would declare it, with the defaults filled in. */
export function validator(type: Validator['type'], config: Record<string, unknown>): Validator {
  return validatorSchema.parse({ id: 'check', type, config });
}
