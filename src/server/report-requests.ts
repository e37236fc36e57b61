import {
  getProgressLog,
  getReport,
  importReport,
  writeProgressLog,
  writeReport,
} from '../protocol/report-messages';
import type { EngineContext } from './engine-context';
import { deciding, handler, trusting, type Handler } from './handler';

/** Status reports, what is imported from them, and the progress logs of plans. */
export function reportHandlers({ reports, importer, progressLogs }: EngineContext): Handler[] {
  return [
    handler(getReport, () => reports.generate()),
    handler(
      writeReport,
      trusting(() => reports.write()),
    ),
    handler(getProgressLog, ({ planId }) => progressLogs.generate(planId)),
    handler(
      writeProgressLog,
      trusting(({ planId }) => progressLogs.write(planId)),
    ),
    handler(importReport, (params, caller) => {
      const { path, apply, fallbackWrites, expected = null } = params;
      const request = { path, apply, fallbackWrites, expected };
      const act = () => importer.import(request, caller.actor);
      return (apply ? trusting(act) : deciding(act))(params, caller);
    }),
  ];
}
