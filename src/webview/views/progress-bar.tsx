import type { VNode } from 'preact';
import type { PanelStrings } from '../../protocol/panel';
import type { Counts } from '../../protocol/views';
import { barParts } from '../bar-parts';

interface Properties {
  counts: Counts;
  /** The counts in words: what a screen reader says. */
  summary: string;
  strings: PanelStrings;
}

export function ProgressBar({ counts, summary, strings }: Properties): VNode {
  return (
    <div
      class="bar"
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={counts.total}
      aria-valuenow={counts.done}
      aria-valuetext={summary}
      title={summary}
    >
      {barParts(counts, strings).map((part) => (
        <div key={part.name} class={`bar-part ${part.name}`} style={{ flexGrow: part.count }} />
      ))}
    </div>
  );
}

/** What each pattern means, with its number. */
export function BarLegend({ counts, strings }: Omit<Properties, 'summary'>): VNode {
  return (
    <ul class="legend" aria-hidden="true">
      {barParts(counts, strings).map((part) => (
        <li key={part.name}>
          <span class={`swatch ${part.name}`} />
          {part.count} {part.word}
        </li>
      ))}
      {counts.leftOut > 0 && (
        <li>
          {counts.leftOut} {strings.leftOut}
        </li>
      )}
    </ul>
  );
}
