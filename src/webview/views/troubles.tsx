import type { VNode } from 'preact';
import type { PanelStrings, PanelTrouble } from '../../protocol/panel';
import { remaining } from '../elapsed';
import type { Host } from '../host';
import { Icon } from './icon';
import { useNow } from './use-now';

interface Properties {
  host: Host;
  troubles: readonly PanelTrouble[];
  strings: PanelStrings;
}

/** Agents that take no work now: why, and when they are tried again. */
export function Troubles({ host, troubles, strings }: Properties): VNode | null {
  const now = useNow(troubles.some(({ until }) => until !== null));
  if (troubles.length === 0) return null;
  return (
    <section class="troubles" aria-label={strings.troubles}>
      {troubles.map(({ agent, name, reason, word, until }) => (
        <div key={agent} class="notice trouble" role="group" aria-label={`${name}: ${word}`}>
          <Icon name="plug" tone="warning" />
          <span class="trouble-text">
            <strong>{name}</strong> · {word}
            {until !== null && (
              <span class="count" aria-hidden="true">
                {` (${strings.inTime.replace('{0}', remaining(until, now))})`}
              </span>
            )}
            <span class="trouble-reason">{reason}</span>
          </span>
          <button
            type="button"
            aria-label={`${strings.resumeNow}: ${name}`}
            onClick={() => host.send({ type: 'resumeAgent', planId: '', id: agent })}
          >
            {strings.resumeNow}
          </button>
        </div>
      ))}
    </section>
  );
}
