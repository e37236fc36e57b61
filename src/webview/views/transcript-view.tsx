import type { VNode } from 'preact';
import type { PanelEvent, PanelRun, PanelStrings } from '../../protocol/panel';
import type { Panel } from '../panel-context';
import { IconButton } from './icon-button';
import { VirtualList } from './virtual-list';

interface Properties {
  panel: Panel;
  run: PanelRun | null;
  strings: PanelStrings;
}

/** What the selected run's agent does, as it does it. Its text is only ever text. */
export function TranscriptView({ panel, run, strings }: Properties): VNode {
  return (
    <section class="transcript" aria-label={strings.transcript}>
      <h2>
        {strings.transcript}
        {run !== null && <Actions panel={panel} run={run} strings={strings} />}
      </h2>
      {run === null ? (
        <p class="quiet">{strings.chooseRun}</p>
      ) : (
        <Events panel={panel} run={run} strings={strings} />
      )}
    </section>
  );
}

function Actions({ panel, run, strings }: { panel: Panel; run: PanelRun; strings: PanelStrings }) {
  const target = { planId: run.planId, id: run.id };
  return (
    <span class="actions">
      <span class="about">
        {run.key} · {run.word}
      </span>
      <IconButton
        icon="output"
        label={strings.openTranscript}
        onClick={() => panel.host.send({ type: 'showRun', ...target })}
      />
      {run.hasDiff && (
        <IconButton
          icon="diff"
          label={strings.openDiff}
          onClick={() => panel.host.send({ type: 'showRunDiff', ...target })}
        />
      )}
    </span>
  );
}

function Events({ panel, run, strings }: { panel: Panel; run: PanelRun; strings: PanelStrings }) {
  const { events, omitted } = panel.state.transcript;
  return (
    <>
      {run.error !== '' && <p class="notice">{run.error}</p>}
      {omitted > 0 && <p class="quiet">{strings.omitted.replace('{0}', String(omitted))}</p>}
      {events.length === 0 ? (
        <p class="quiet">{strings.noEvents}</p>
      ) : (
        <VirtualList
          subject={run.id}
          label={strings.transcript}
          role="list"
          count={events.length}
          estimate={20}
          follow
          row={(index) => {
            const event = events[index];
            return event === undefined ? null : (
              <EventRow key={event.sequence} event={event} index={index} count={events.length} />
            );
          }}
        />
      )}
    </>
  );
}

function EventRow({ event, index, count }: { event: PanelEvent; index: number; count: number }) {
  return (
    <div class="event" role="listitem" aria-setsize={count} aria-posinset={index + 1}>
      <span class="time">{event.time}</span>
      <span class={`type tone-${event.tone}`}>{event.type}</span>
      <span class="text">{event.text}</span>
    </div>
  );
}
