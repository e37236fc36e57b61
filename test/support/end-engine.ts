import { stopEngine } from '../../src/protocol/messages';
import { connectToLivingEngine } from '../../src/protocol/engine-launcher';
import { EngineClient } from '../../src/protocol/engine-client';

/** Ends the engine of a workspace with whatever it runs; nothing when none lives. */
export async function endEngine(workspace: string): Promise<void> {
  const identity = {
    client: { kind: 'test' as const, version: '0.0.0', pid: process.pid },
    person: 'test',
    trusted: true,
    run: null,
  };
  const link = await connectToLivingEngine({ workspace, identity });
  if (link === null) return;
  using client = new EngineClient(link);
  await client.request(stopEngine, { force: true });
  await client.closed;
}
