import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PanelRun, PanelStrings } from '../../protocol/panel';
import { elapsed } from '../elapsed';
import type { Panel } from '../panel-context';
import { Icon } from './icon';
import { IconButton } from './icon-button';

interface Properties {
  panel: Panel;
  runs: readonly PanelRun[];
  strings: PanelStrings;
}

/** What runs now, for how long, and what it did last. */
export function Running({ panel, runs, strings }: Properties): VNode {
  const [now, setNow] = useState(Date.now());
  const someRun = runs.length > 0;
  useEffect(() => {
    if (!someRun) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [someRun]);
  return (
    <section class="running" aria-label={strings.running}>
      <h2>{strings.running}</h2>
      {!someRun && <p class="quiet">{strings.nothingRuns}</p>}
      <ul>
        {runs.map((run) => (
          <li key={run.id} class="card">
            <button
              type="button"
              class="card-main"
              onClick={() => panel.select({ planId: run.planId, runId: run.id })}
            >
              <span class="card-title">
                <Icon name={run.icon} tone={run.tone} />
                <span class="name">
                  {run.key} {run.title}
                </span>
                <span class="figures">{elapsed(run.startedAt, now)}</span>
              </span>
              <span class="card-detail">
                {run.word} · {run.agent}
                {run.attempt > 1 && ` · ${strings.attempt.replace('{0}', String(run.attempt))}`}
              </span>
              <span class="card-event">{run.lastEvent}</span>
            </button>
            <IconButton
              icon="debug-stop"
              label={`${strings.stopRun}: ${run.key}`}
              onClick={() => panel.host.send({ type: 'stopRun', planId: run.planId, id: run.id })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
