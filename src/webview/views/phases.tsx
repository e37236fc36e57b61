import type { VNode } from 'preact';
import type { PanelPhase, PanelPlan, PanelStrings } from '../../protocol/panel';
import type { Host } from '../host';
import { Icon } from './icon';
import { IconButton } from './icon-button';
import { ProgressBar } from './progress-bar';

interface Properties {
  host: Host;
  plan: PanelPlan;
  strings: PanelStrings;
}

/** A bar for each phase, then the gates. */
export function Phases(properties: Properties): VNode {
  const { plan, strings } = properties;
  return (
    <section class="phases" aria-label={strings.phases}>
      <h2>{strings.phases}</h2>
      <ul>
        {plan.phases.map((phase) => (
          <Phase key={phase.key} phase={phase} {...properties} />
        ))}
      </ul>
      {plan.gates.length > 0 && <Gates {...properties} />}
    </section>
  );
}

function Phase({ host, plan, phase, strings }: Properties & { phase: PanelPhase }): VNode {
  const { key, title, counts, summary, runnable } = phase;
  return (
    <li class="phase">
      <span class="name" title={title}>
        {title}
      </span>
      <span class="figures">
        {counts.done}/{counts.total}
      </span>
      {runnable ? (
        <IconButton
          icon="play"
          label={`${strings.runPhase}: ${title}`}
          onClick={() => host.send({ type: 'runPhase', planId: plan.id, key })}
        />
      ) : (
        <span class="no-button" />
      )}
      <ProgressBar counts={counts} summary={summary} strings={strings} />
    </li>
  );
}

function Gates({ host, plan, strings }: Properties): VNode {
  const planId = plan.id;
  return (
    <>
      <h2>{strings.gates}</h2>
      <ul>
        {plan.gates.map(({ id, title, word, icon, tone, open }) => (
          <li key={id} class="gate">
            <Icon name={icon} tone={tone} />
            <span class="name">{title}</span>
            <span class="word">{word}</span>
            {open && (
              <span class="answers">
                <button
                  type="button"
                  onClick={() => host.send({ type: 'approveGate', planId, id })}
                >
                  {strings.approve}
                </button>
                <button
                  type="button"
                  class="secondary"
                  onClick={() => host.send({ type: 'rejectGate', planId, id })}
                >
                  {strings.reject}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
