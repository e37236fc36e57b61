import type { VNode } from 'preact';
import type { Panel } from '../panel-context';
import { runsOf, shownPlan } from '../state';
import { Asks } from './asks';
import { LiveSummary } from './live-summary';
import { Phases } from './phases';
import { PlanHeader } from './plan-header';
import { RunList } from './run-list';
import { Running } from './running';
import { TranscriptView } from './transcript-view';
import { Troubles } from './troubles';

/** The whole panel. */
export function App({ panel }: { panel: Panel }): VNode | null {
  const { host, state } = panel;
  const { strings } = state;
  if (strings === null) return null;
  const plan = shownPlan(state);
  if (plan === null) return <p class="quiet">{strings.noPlan}</p>;
  const runs = runsOf(state, plan.id);
  const live = runs.filter((run) => run.live);
  const troubles = state.troubles.map(({ name, word }) => `${name}: ${word}`);
  const spoken = [plan.summary, plan.paused, ...troubles].filter((part) => part !== '').join('. ');
  const selected = state.runs.get(state.selection.runId ?? '') ?? null;
  return (
    <main>
      <PlanHeader panel={panel} plan={plan} strings={strings} />
      <LiveSummary text={spoken} />
      <Troubles host={host} troubles={state.troubles} strings={strings} />
      <Asks host={host} asks={state.asks} strings={strings} />
      <div class="columns">
        <Phases host={host} plan={plan} strings={strings} />
        <Running panel={panel} plan={plan} runs={live} strings={strings} />
      </div>
      <div class="columns tall">
        <RunList panel={panel} planId={plan.id} runs={runs} strings={strings} />
        <TranscriptView panel={panel} run={selected} strings={strings} />
      </div>
    </main>
  );
}
