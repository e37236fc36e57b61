import type { Clock } from '../platform/clock';
import type { Spawn } from '../platform/spawn';
import type { ProcessTable } from './process-table';
import { LinuxProcessTable } from './process-table-linux';
import { MacProcessTable } from './process-table-mac';
import { WindowsProcessTable } from './process-table-windows';

/** The processes of the system that this runs on. */
export function systemProcesses(spawn: Spawn, clock: Clock): ProcessTable {
  if (process.platform === 'linux') return new LinuxProcessTable();
  if (process.platform === 'win32') return new WindowsProcessTable(spawn, clock);
  return new MacProcessTable(spawn, clock);
}
