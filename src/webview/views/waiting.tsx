import type { VNode } from 'preact';
import type { PanelStrings, PanelWait } from '../../protocol/panel';
import { remaining } from '../elapsed';
import { Icon } from './icon';
import { useNow } from './use-now';

/** What goes on by itself at a time: retries, and what waits for an agent that is paused. */
export function Waiting({
  waits,
  strings,
}: {
  waits: readonly PanelWait[];
  strings: PanelStrings;
}): VNode | null {
  const now = useNow(waits.some(({ until }) => until !== null));
  if (waits.length === 0) return null;
  return (
    <>
      <h3>{strings.waiting}</h3>
      <ul>
        {waits.map(({ key, title, word, icon, until }) => (
          <li key={key} class="wait">
            <Icon name={icon} tone="warning" />
            <span class="name">
              {key} {title}
            </span>
            <span class="word">
              {word}
              {until !== null && (
                <span class="count" aria-hidden="true">
                  {` (${strings.inTime.replace('{0}', remaining(until, now))})`}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
