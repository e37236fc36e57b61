import type { VNode } from 'preact';
import type { PanelRun, PanelStrings } from '../../protocol/panel';
import type { Panel } from '../panel-context';
import { Icon } from './icon';
import { VirtualList } from './virtual-list';

interface Properties {
  panel: Panel;
  planId: string;
  runs: readonly PanelRun[];
  strings: PanelStrings;
}

const pageRows = 10;

/** The plan's runs; one is selected by a click or the arrow keys. */
export function RunList({ panel, planId, runs, strings }: Properties): VNode {
  const active = runs.findIndex((run) => run.id === panel.state.selection.runId);
  const selectAt = (index: number) => {
    const run = runs[Math.min(runs.length - 1, Math.max(0, index))];
    if (run !== undefined) panel.select({ planId, runId: run.id });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = targetOf(event.key, active, runs.length);
    if (target === null) return;
    event.preventDefault();
    selectAt(target);
  };
  return (
    <section class="runs" aria-label={strings.runs}>
      <h2>{strings.runs}</h2>
      {runs.length === 0 ? (
        <p class="quiet">{strings.noRuns}</p>
      ) : (
        <VirtualList
          subject={planId}
          label={strings.runs}
          role="listbox"
          count={runs.length}
          estimate={44}
          active={active}
          activeId={active < 0 ? undefined : `run-${runs[active]?.id ?? ''}`}
          onKeyDown={onKeyDown}
          row={(index) => {
            const run = runs[index];
            if (run === undefined) return null;
            const place = { index, count: runs.length, selected: index === active };
            return <Row key={run.id} run={run} {...place} onClick={() => selectAt(index)} />;
          }}
        />
      )}
    </section>
  );
}

function targetOf(key: string, active: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return active + 1;
    case 'ArrowUp':
      return Math.max(0, active - 1);
    case 'PageDown':
      return active + pageRows;
    case 'PageUp':
      return Math.max(0, active - pageRows);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

interface RowProperties {
  run: PanelRun;
  index: number;
  count: number;
  selected: boolean;
  onClick: () => void;
}

function Row({ run, index, count, selected, onClick }: RowProperties): VNode {
  return (
    <div
      id={`run-${run.id}`}
      class={selected ? 'run selected' : 'run'}
      role="option"
      aria-selected={selected}
      aria-setsize={count}
      aria-posinset={index + 1}
      onClick={onClick}
    >
      <Icon name={run.icon} tone={run.tone} />
      <span class="name">
        {run.key} {run.title}
      </span>
      <span class="detail">
        {[run.word, run.attempt > 1 ? `#${String(run.attempt)}` : '', run.figures || run.agent]
          .filter((part) => part !== '')
          .join(' · ')}
      </span>
    </div>
  );
}
