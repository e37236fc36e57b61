import type {
  DeploymentRow,
  EnhancementRow,
  SessionRow,
  VendorRow,
} from '../formats/codebase-mcp/status-rows';
import type { EnhancementValues } from '../store/repositories/enhancements';
import type {
  ImportedDeployment,
  ImportedWorkItem,
  ImportKind,
} from '../store/repositories/import-pass';
import type { VendorValues } from '../store/repositories/vendors';
import type { ImportSource } from './import-source';
import { importedItem } from './imported-items';
import { oneLine, shortText, shownText, storedTime, untitled } from './imported-text';

/** Turns rows of a report into values that fit, and notes what they lack and what was changed. */
export class RowReader {
  readonly missing: ImportSource['missing'][number][] = [];
  readonly adjusted: ImportSource['adjusted'][number][] = [];

  /** Notes fields that are `null`, and whether the name had to be cut. */
  told<T extends { title: string } | { name: string }>(
    values: T,
    kind: ImportKind,
    name: string,
    fields: Readonly<Record<string, unknown>>,
  ): T {
    const kept = 'title' in values ? values.title : values.name;
    const empty = Object.keys(fields).filter((field) => fields[field] === null);
    if (empty.length > 0) this.missing.push({ kind, name: kept, fields: empty });
    if (kept !== oneLine(shownText(name)))
      this.adjusted.push({ kind, name: kept, message: 'The name was too long or empty.' });
    return values;
  }

  vendor(row: VendorRow): VendorValues {
    const has = (format: VendorRow['formats'][number]) => row.formats.includes(format);
    const values = {
      name: shortText(row.name, 100) ?? untitled,
      status: row.status,
      extractorVersion: row.version === null ? null : shortText(row.version, 50),
      metadata: {
        format_support: { excel: has('excel'), csv: has('csv'), pdf: has('pdf'), ocr: has('ocr') },
        test_results: row.tests,
        manifest_compliant: null,
        extra: {},
      },
    };
    const formats = row.formats.length === 0 ? null : row.formats;
    return this.told(values, 'vendors', row.name, {
      ...{ test_results: row.tests, format_support: formats, extractor_version: row.version },
    });
  }

  session(row: SessionRow): ImportedWorkItem {
    const { id, tokenBudget } = row;
    const fits = tokenBudget !== null && tokenBudget >= 1000 && tokenBudget <= 1_000_000;
    const title = `Session ${row.title}`.trim();
    const values = {
      ...importedItem({ title, type: 'session', status: 'pending', createdAt: null, branch: null }),
      kind: 'session_prompts' as const,
      metadata: {
        token_budget: fits ? tokenBudget : null,
        prompts_count: 1,
        extra: {
          ...(id === null ? {} : { session_id: shownText(id) }),
          ...(fits || tokenBudget === null ? {} : { token_budget: tokenBudget }),
        },
      },
    };
    const fields = { session_id: id, token_budget: tokenBudget };
    return this.told(values, 'session_prompts', title, fields);
  }

  deployment(row: DeploymentRow): ImportedDeployment {
    const commit = row.commit !== null && /^[0-9a-f]{7,40}$/.test(row.commit) ? row.commit : null;
    const title = row.title === null ? null : shortText(row.title, 200);
    const pr = row.pr === 0 ? null : row.pr;
    const names = (list: readonly string[]) => [
      ...new Set(list.flatMap((name) => shortText(name, 200) ?? [])),
    ];
    const tests = row.tests.map(({ name, count }): [string, number] => [shownText(name), count]);
    const metadata = {
      ...{ pr_number: pr, pr_title: title, test_summary: Object.fromEntries(tests) },
      constitutional_compliance: row.compliant,
      unresolved: { vendors: [], work_items: [] },
      extra: commit === null && row.commit !== null ? { commit: shownText(row.commit) } : {},
    };
    const fields = {
      ...{ commit_hash: commit, pr_number: pr, pr_title: title },
      test_summary: tests.length === 0 ? null : tests,
      constitutional_compliance: row.compliant,
    };
    const empty = Object.entries(fields).flatMap(([field, value]) => (value === null ? field : []));
    if (empty.length > 0) this.missing.push({ kind: 'deployments', name: row.at, fields: empty });
    const links = { vendors: names(row.vendors), workItems: names(row.workItems) };
    return { deployedAt: storedTime(row.at), commit, metadata, ...links };
  }

  enhancement(row: EnhancementRow): EnhancementValues {
    const { priority, quarter, status } = row;
    const title = shortText(row.title, 200) ?? untitled;
    const values = { title, priority: priority ?? 3, quarter };
    this.told(values, 'enhancements', row.title, { priority, target_quarter: quarter });
    return { ...values, status: status ?? 'planned' };
  }
}
