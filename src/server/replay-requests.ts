import { replayRun } from '../protocol/replay-messages';
import { ReplayReader } from '../runs/replay-reader';
import type { EngineContext } from './engine-context';
import { handler, type Handler } from './handler';

/** Rebuilding runs from what they told. */
export function replayHandlers({ store, recorder }: EngineContext): Handler[] {
  const reader = new ReplayReader(store, recorder);
  return [
    handler(replayRun, async ({ runId }) => {
      const { told, gaps, differences } = await reader.read(runId);
      const { run, verifications, permissions } = told;
      return { run, verifications, permissions, gaps, differences };
    }),
  ];
}
