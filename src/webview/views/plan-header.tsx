import type { VNode } from 'preact';
import type { PanelPlan, PanelStrings } from '../../protocol/panel';
import { elapsed } from '../elapsed';
import type { Panel } from '../panel-context';
import { Icon } from './icon';
import { IconButton } from './icon-button';
import { BarLegend, ProgressBar } from './progress-bar';
import { useNow } from './use-now';

interface Properties {
  panel: Panel;
  plan: PanelPlan;
  strings: PanelStrings;
}

/** Which plan it is, what it needs, and how far it is. */
export function PlanHeader({ panel, plan, strings }: Properties): VNode {
  const { host, state } = panel;
  const planId = plan.id;
  return (
    <header>
      <div class="title-row">
        <PlanChoice panel={panel} plan={plan} strings={strings} />
        <div class="actions">
          {plan.runnable && (
            <IconButton
              icon="run-all"
              label={strings.runPlan}
              onClick={() => host.send({ type: 'runPlan', planId })}
            />
          )}
          {plan.pausable && (
            <IconButton
              icon="debug-pause"
              label={strings.pausePlan}
              onClick={() => host.send({ type: 'pausePlan', planId })}
            />
          )}
          {plan.paused !== '' && (
            <IconButton
              icon="debug-continue"
              label={strings.resumePlan}
              onClick={() => host.send({ type: 'resumePlan', planId })}
            />
          )}
          {plan.running && (
            <IconButton
              icon="debug-stop"
              label={strings.stopPlan}
              onClick={() => host.send({ type: 'stopPlan', planId })}
            />
          )}
          <IconButton
            icon="go-to-file"
            label={strings.openFile}
            onClick={() => host.send({ type: 'openAtLine', planId })}
          />
        </div>
      </div>
      {!state.connected && <p class="notice">{strings.reconnecting}</p>}
      {state.needs > 0 && (
        <p class="notice">
          {strings.needsYou.replace('{0}', String(state.needs))}{' '}
          <button type="button" class="link" onClick={() => host.send({ type: 'showActivity' })}>
            {strings.show}
          </button>
        </p>
      )}
      {plan.paused !== '' && <Paused plan={plan} />}
      {plan.message !== '' && <p class="message">{plan.message}</p>}
      <ProgressBar counts={plan.counts} summary={plan.summary} strings={strings} />
      <BarLegend counts={plan.counts} strings={strings} />
    </header>
  );
}

/** Who let it stand still, and for how long. */
function Paused({ plan }: Pick<Properties, 'plan'>): VNode {
  const now = useNow(true);
  return (
    <p class="notice">
      <Icon name="debug-pause" /> {plan.paused}{' '}
      <span class="count" aria-hidden="true">
        ({elapsed(plan.pausedSince, now)})
      </span>
    </p>
  );
}

function PlanChoice({ panel, plan, strings }: Properties): VNode {
  const plans = [...panel.state.plans.values()];
  if (plans.length < 2) return <h1>{plan.title}</h1>;
  return (
    <h1>
      <select
        aria-label={strings.plan}
        value={plan.id}
        onChange={(event) => panel.select({ planId: event.currentTarget.value, runId: null })}
      >
        {plans.map((one) => (
          <option key={one.id} value={one.id}>
            {one.title}
          </option>
        ))}
      </select>
    </h1>
  );
}
