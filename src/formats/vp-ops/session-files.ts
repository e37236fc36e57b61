import type { Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { readEngineering, type EngineeringDocument } from './engineering';
import { readEvents } from './events';
import { kindOf, sessionOf } from './kinds';
import { readOps, type OpsDocument } from './ops';
import { readProduct, type ProductDocument } from './product';
import { readMinutes, readSummary, type ReportDocument } from './reports';
import { sessionRows, type SessionRows } from './session-rows';

const kind = perFile(kindOf);
const session = perFile(sessionOf);
const ops = perFile(readOps);
const product = perFile(readProduct);
const engineering = perFile(readEngineering);
const minutes = perFile(readMinutes);
const summary = perFile(readSummary);
const events = perFile(readEvents);
const rows = perFile((file) => sessionRows(events(file)));

/** The files of a session beside its operations file. */
export interface SessionFiles {
  ops: OpsDocument;
  product: ProductDocument | null;
  engineering: EngineeringDocument | null;
  otherEngineering: EngineeringDocument[];
  minutes: ReportDocument | null;
  summary: ReportDocument | null;
  log: { file: SourceFile; rows: SessionRows; day: string | null; problems: Problem[] } | null;
}

/** The files that belong to the session of an operations file. */
export function filesOf(source: PlanSource): SessionFiles {
  const own = ops(source);
  const others = [...(source.others?.values() ?? [])];
  const mine = (wanted: string) =>
    others.filter((file) => kind(file) === wanted && session(file) === own.session);
  const first = <T>(wanted: string, read: (file: SourceFile) => T): T | null => {
    const [file] = mine(wanted);
    return file === undefined ? null : read(file);
  };
  const logs = mine('events').filter(
    (file) => rows(file).tasks.length + rows(file).batches.length > 0,
  );
  const [log] = logs;
  return {
    ops: own,
    product: first('product_plan', product),
    engineering: first('engineering_plan', engineering),
    otherEngineering: others
      .filter((file) => kind(file) === 'engineering_plan' && session(file) !== own.session)
      .map(engineering),
    minutes: first('minutes', minutes),
    summary: first('summary', summary),
    log:
      log === undefined
        ? null
        : { file: log, rows: rows(log), day: events(log).day, problems: events(log).problems },
  };
}
