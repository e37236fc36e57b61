import type { VNode } from 'preact';
import type { PanelAsk, PanelStrings } from '../../protocol/panel';
import type { Host } from '../host';
import { Icon } from './icon';

interface Properties {
  host: Host;
  asks: readonly PanelAsk[];
  strings: PanelStrings;
}

/** What agents want to do and ask first: the call and the answers that they offer. */
export function Asks({ host, asks, strings }: Properties): VNode | null {
  if (asks.length === 0) return null;
  return (
    <section class="asks" aria-label={strings.asks}>
      <h2>{strings.asks}</h2>
      <ul>
        {asks.map(({ id, planId, title, detail, options }) => (
          <li key={id} class="card ask">
            <span class="card-title">
              <Icon name="shield" tone="warning" />
              <span class="name">{title}</span>
            </span>
            <pre>{detail}</pre>
            <span class="answers">
              {options.map((option) => (
                <button
                  key={option.id}
                  type="button"
                  onClick={() => {
                    host.send({ type: 'answerPermission', planId, id, option: option.id });
                  }}
                >
                  {option.name}
                </button>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
