import { isGeneratedReport, waitingComments } from '../formats/codebase-mcp/status-report';
import { writeStatusReport } from '../formats/codebase-mcp/status-write';
import { RunsheetError } from '../model/errors';
import { timestamp, type Clock } from '../platform/clock';
import { reports } from '../store/repositories/reports';
import type { Store } from '../store/store';
import type { OwnFiles } from './own-files';
import { generatedRows, remarksOn } from './reported-rows';

export interface GeneratedReport {
  report: string;
  generatedAt: string;
  counts: Record<'plans' | 'vendors' | 'work_items' | 'deployments' | 'enhancements', number>;
  path: string;
}

/** In the root of the workspace. */
export const reportPath = '.project_status.md';

/** The workspace's status report: what the database knows, as Markdown that reads back to it. */
export class StatusReports {
  constructor(
    private readonly store: Store,
    private readonly own: OwnFiles,
    private readonly clock: Clock,
  ) {}

  /** The report as it would be written now; comments of `before` that wait are kept. */
  async generate(before: string | null = null): Promise<GeneratedReport> {
    const found = await this.store.query(reports.read, undefined);
    const { rows, items } = generatedRows(found);
    const generatedAt = timestamp(this.clock);
    const comments = before === null ? [] : waitingComments(before);
    const report = writeStatusReport(rows, generatedAt, remarksOn(found, items, comments));
    const counts = {
      plans: found.plans.length,
      vendors: rows.vendors.length,
      work_items: rows.workItems.length,
      deployments: rows.deployments.length,
      enhancements: rows.enhancements.length,
    };
    return { report, generatedAt, counts, path: reportPath };
  }

  /**
   * Writes it to its file, which must be absent or one that was generated.
   * @throws RunsheetError `forbidden` for a report that somebody keeps, `not_ready`.
   */
  async write(): Promise<GeneratedReport> {
    const before = await this.own.read(reportPath);
    if (before !== null && !isGeneratedReport(before)) {
      const message = `${reportPath} is kept by hand, so it is not written over. Import it, then move it away; the next report takes its place.`;
      throw new RunsheetError('forbidden', message, { path: reportPath });
    }
    const generated = await this.generate(before);
    await this.own.write(reportPath, generated.report, before);
    return generated;
  }
}
