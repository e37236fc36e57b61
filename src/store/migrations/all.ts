import { initial } from './0001-initial';
import { trustedRuns } from './0002-trusted-runs';
import { standingTime } from './0003-standing-time';
import { importedReports } from './0004-imported-reports';
import { leftOut } from './0005-left-out';
import type { Migration } from './migration';

/** Every step of the schema, oldest first. */
export const migrations: readonly Migration[] = [
  initial,
  trustedRuns,
  standingTime,
  importedReports,
  leftOut,
];
