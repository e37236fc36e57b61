import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** One folder of tests, run in a process of its own. */
export interface Layer {
  name: 'unit' | 'engine' | 'agents' | 'host' | 'e2e';
  /** Limit of one test, unless it sets its own. */
  testTimeoutMs: number;
  /** Limit of the whole layer: what is left then is ended and counts as failed. */
  timeoutMs: number;
  /** Runs in a real VS Code. */
  needsVsCode: boolean;
}

const minutes = 60_000;

/** From fast to slow. */
export const layers: readonly Layer[] = [
  { name: 'unit', testTimeoutMs: 10_000, timeoutMs: 20 * minutes, needsVsCode: false },
  { name: 'engine', testTimeoutMs: 60_000, timeoutMs: 15 * minutes, needsVsCode: false },
  { name: 'agents', testTimeoutMs: 180_000, timeoutMs: 15 * minutes, needsVsCode: false },
  { name: 'host', testTimeoutMs: 60_000, timeoutMs: 5 * minutes, needsVsCode: true },
  { name: 'e2e', testTimeoutMs: 120_000, timeoutMs: 15 * minutes, needsVsCode: true },
];

/** Absolute paths of the layer's test files, in a stable order. */
export function testFiles(layer: Layer): string[] {
  const folder = join(root, 'test', layer.name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') || name.endsWith('.test.tsx'))
    .sort()
    .map((name) => join(folder, name));
}
