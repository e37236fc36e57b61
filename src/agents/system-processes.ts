import type { Clock } from '../platform/clock';
import type { Spawn } from '../platform/spawn';
import type { ProcessTable } from './process-table';
import { LinuxProcessTable } from './process-table-linux';
import { MacProcessTable } from './process-table-mac';
import { WindowsProcessTable } from './process-table-windows';

/**
 * Whether a pause freezes the processes of a run here. On Windows it cannot: an agent finishes what
 * it does at that moment, and only its limits stand still.
 */
export const canFreeze = process.platform !== 'win32';

/** The processes of the system that this runs on. */
export function systemProcesses(spawn: Spawn, clock: Clock): ProcessTable {
  if (process.platform === 'linux') return new LinuxProcessTable();
  if (process.platform === 'win32') return new WindowsProcessTable(spawn, clock);
  return new MacProcessTable(spawn, clock);
}
