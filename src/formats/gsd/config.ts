import type { Node } from 'jsonc-parser';
import { noSettings, type PlanSettings } from '../../model/plan';
import type { SourceFile } from '../format';
import { membersOf, numberOf, parseJson } from '../json';

const mostWorkers = 16;

/** What `config.json` says of how many agents work at one time; its commands are never run. */
export function settingsOf(config: SourceFile | null): PlanSettings {
  if (config === null) return noSettings;
  const { root } = parseJson(config.text);
  const parallel = membersOf(root ?? undefined).get('parallelization');
  return { ...noSettings, workers: workersOf(parallel) };
}

function workersOf(parallel: Node | undefined): number | null {
  if (parallel?.type === 'boolean') return parallel.value === false ? 1 : null;
  const members = membersOf(parallel);
  if (members.get('enabled')?.value === false) return 1;
  const most = numberOf(members.get('max_concurrent_agents'));
  return most !== null && Number.isInteger(most) && most >= 1 ? Math.min(most, mostWorkers) : null;
}
