import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

/** What a layer says at its end. Its exit code alone lies: an extension host that a test killed counts as success. */
const layerReport = z.object({
  passed: z.number(),
  failed: z.number(),
  skipped: z.number(),
  failures: z.array(z.string()),
});

export type LayerReport = z.infer<typeof layerReport>;

/** `null` when the layer did not come to its end. */
export function readLayerReport(path: string): LayerReport | null {
  return existsSync(path) ? layerReport.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}
