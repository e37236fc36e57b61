import { parentsOf } from '../formats/codebase-mcp/status-generated';
import { readStatusReport } from '../formats/codebase-mcp/status-report';
import type { FallbackWrite } from '../formats/codebase-mcp/status-rows';
import type { SourceFile } from '../formats/format';
import type { ImportedRows } from '../store/repositories/import-pass';
import { fallbackRows } from './imported-fallbacks';
import { nothingStated, type ImportSource } from './import-source';
import { importedItem } from './imported-items';
import { freeNote, promptNote } from './imported-notes';
import { RowReader } from './imported-rows';

/** A status report of any variant as rows. @param fallbacks whether waiting writes are rows, too. */
export function readReport({ path, text }: SourceFile, fallbacks: boolean): ImportSource {
  const { variant, rows, stated, fallbackWrites, problems } = readStatusReport(text);
  const source = new RowReader();
  const parents = parentsOf(rows.workItems);
  const workItems = rows.workItems.map((row, place) =>
    source.told(importedItem(row, parents[place] ?? null), 'work_items', row.title, {
      created: row.createdAt,
    }),
  );
  const first = workItems.length;
  const read: ImportedRows = {
    vendors: rows.vendors.map((row) => source.vendor(row)),
    workItems: [...workItems, ...rows.sessions.map((row) => source.session(row))],
    deployments: rows.deployments.map((row) => source.deployment(row)),
    enhancements: rows.enhancements.map((row) => source.enhancement(row)),
    notes: [
      ...rows.sessions.flatMap((row, place) => promptNote(row, first + place)),
      ...(variant === 'free' ? [freeNote(path, text)] : []),
    ],
  };
  return {
    kind: 'project_status',
    variant,
    rows: fallbacks ? withFallbacks(read, fallbackWrites) : read,
    stated: {
      ...nothingStated,
      ...{ vendors: stated.vendors, work_items: stated.workItems },
      ...{ deployments: stated.deployments, enhancements: stated.enhancements },
      session_prompts: stated.sessions,
    },
    ...{ missing: source.missing, adjusted: source.adjusted, problems, waiting: fallbackWrites },
  };
}

function withFallbacks(rows: ImportedRows, writes: readonly FallbackWrite[]): ImportedRows {
  const more = fallbackRows(writes);
  return {
    ...rows,
    vendors: [...rows.vendors, ...more.vendors],
    workItems: [...rows.workItems, ...more.workItems],
    notes: [...rows.notes, ...more.notes],
  };
}
