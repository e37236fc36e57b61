import assert from 'node:assert/strict';
import type { PlanSource } from '../../src/formats/format';
import { formatOf, readPlan } from '../../src/formats/registry';
import { planDocuments, type PlanDocument } from '../../src/language/document';
import type { Position } from '../../src/language/positions';

/** A plan file as the language features see it. */
export function documentOf(text: string, path = 'demo.plan.md'): PlanDocument {
  return documentIn({ path, text }, path);
}

/** One of the files of a plan as the language features see it. */
export function documentIn(source: PlanSource, path: string): PlanDocument {
  const format = formatOf(source);
  const reading = readPlan(source, format);
  if (format === null || reading === null) throw new Error(`${source.path} belongs to no format.`);
  const [document] = planDocuments(path, { source, format, reading });
  assert(document !== undefined);
  return document;
}

/** The text without its one `▮`, and where that stood. */
export function withCursor(marked: string): { text: string; position: Position } {
  const before = marked.slice(0, marked.indexOf('▮')).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return { text: marked.replace('▮', ''), position };
}
