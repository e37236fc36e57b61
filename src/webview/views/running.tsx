import type { VNode } from 'preact';
import type { PanelPlan, PanelRun, PanelStrings } from '../../protocol/panel';
import { elapsed, worked } from '../elapsed';
import type { Panel } from '../panel-context';
import { Icon } from './icon';
import { IconButton } from './icon-button';
import { useNow } from './use-now';
import { Waiting } from './waiting';

interface Properties {
  panel: Panel;
  plan: PanelPlan;
  runs: readonly PanelRun[];
  strings: PanelStrings;
}

/** What runs now, for how long, and what it did last; below it what goes on later. */
export function Running({ panel, plan, runs, strings }: Properties): VNode {
  const now = useNow(runs.length > 0);
  return (
    <section class="running" aria-label={strings.running}>
      <h2>{strings.running}</h2>
      {runs.length === 0 && <p class="quiet">{strings.nothingRuns}</p>}
      <ul>
        {runs.map((run) => (
          <Card key={run.id} panel={panel} run={run} now={now} strings={strings} />
        ))}
      </ul>
      <Waiting waits={plan.waits} strings={strings} />
    </section>
  );
}

interface CardProperties {
  panel: Panel;
  run: PanelRun;
  now: number;
  strings: PanelStrings;
}

function Card({ panel, run, now, strings }: CardProperties): VNode {
  const { planId, id, pausedSince } = run;
  const word =
    pausedSince === null ? run.word : strings.pausedFor.replace('{0}', elapsed(pausedSince, now));
  return (
    <li class={pausedSince === null ? 'card' : 'card still'}>
      <button type="button" class="card-main" onClick={() => panel.select({ planId, runId: id })}>
        <span class="card-title">
          <Icon name={run.icon} tone={run.tone} />
          <span class="name">
            {run.key} {run.title}
          </span>
          <span class="figures">{worked(run, now)}</span>
        </span>
        <span class="card-detail">
          {word} · {run.agent}
          {run.attempt > 1 && ` · ${strings.attempt.replace('{0}', String(run.attempt))}`}
        </span>
        <span class="card-event">{run.lastEvent}</span>
      </button>
      <PauseButton panel={panel} run={run} strings={strings} />
      <IconButton
        icon="debug-stop"
        label={`${strings.stopRun}: ${run.key}`}
        onClick={() => panel.host.send({ type: 'stopRun', planId, id })}
      />
    </li>
  );
}

function PauseButton({ panel, run, strings }: Omit<CardProperties, 'now'>): VNode | null {
  const { planId, key, pausable, resumable } = run;
  if (resumable)
    return (
      <IconButton
        icon="debug-continue"
        label={`${strings.resume}: ${key}`}
        onClick={() => panel.host.send({ type: 'resumeSubtask', planId, key })}
      />
    );
  if (!pausable) return null;
  return (
    <IconButton
      icon="debug-pause"
      label={`${strings.pause}: ${key}`}
      onClick={() => panel.host.send({ type: 'pauseSubtask', planId, key })}
    />
  );
}
