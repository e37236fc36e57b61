import { getReport, importReport, writeReport } from '../protocol/report-messages';
import type { EngineContext } from './engine-context';
import { deciding, handler, trusting, type Handler } from './handler';

/** Status reports, and what is imported from them. */
export function reportHandlers({ reports, importer }: EngineContext): Handler[] {
  return [
    handler(getReport, () => reports.generate()),
    handler(
      writeReport,
      trusting(() => reports.write()),
    ),
    handler(importReport, (params, caller) => {
      const { path, apply, fallbackWrites, expected = null } = params;
      const request = { path, apply, fallbackWrites, expected };
      const act = () => importer.import(request, caller.actor);
      return (apply ? trusting(act) : deciding(act))(params, caller);
    }),
  ];
}
