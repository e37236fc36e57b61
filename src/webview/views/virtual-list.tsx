import type { ComponentChild, VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { RowHeights } from '../row-heights';

interface Properties {
  label: string;
  role: 'listbox' | 'list';
  count: number;
  /** A row's height before it is measured, in pixels. */
  estimate: number;
  /** Stay at the end when rows come while the end is in sight. */
  follow?: boolean;
  /** Changes when the list is about something else: then it begins anew. */
  subject: string;
  row: (index: number) => ComponentChild;
  /** Kept in sight; -1: none. */
  active?: number;
  activeId?: string | undefined;
  onKeyDown?: (event: KeyboardEvent) => void;
}

const overscan = 8;
const atEndPixels = 24;

/** A list of any length of which only the rows in sight are in the document. */
export function VirtualList(properties: Properties): VNode {
  return <List key={properties.subject} {...properties} />;
}

function List(properties: Properties): VNode {
  const { count, estimate, follow = false, active = -1 } = properties;
  const viewport = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const heights = useRef(new RowHeights(estimate)).current;
  const atEnd = useRef(true);
  const [view, setView] = useState({ top: 0, height: 400, measured: 0 });
  heights.resize(count);
  const first = Math.max(0, heights.rowAt(view.top) - overscan);
  const last = Math.min(count, heights.rowAt(view.top + view.height) + overscan + 1);

  const look = () => {
    const box = viewport.current;
    if (box === null) return;
    atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < atEndPixels;
    setView((old) => ({ ...old, top: box.scrollTop, height: box.clientHeight }));
  };
  useEffect(() => {
    const box = viewport.current;
    if (box === null) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const rows = [...(content.current?.children ?? [])];
    const differs = rows.map((row, at) => heights.set(first + at, row.clientHeight)).some(Boolean);
    const box = viewport.current;
    if (follow && atEnd.current && box !== null) box.scrollTop = box.scrollHeight;
    if (differs) setView((old) => ({ ...old, measured: old.measured + 1 }));
  });
  useLayoutEffect(() => {
    const box = viewport.current;
    if (active < 0 || box === null) return;
    const top = heights.offsetOf(active);
    const bottom = heights.offsetOf(active + 1);
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }, [active]);

  return (
    <div
      class="virtual-list"
      ref={viewport}
      role={properties.role}
      aria-label={properties.label}
      aria-activedescendant={properties.activeId}
      tabIndex={0}
      onScroll={look}
      onKeyDown={properties.onKeyDown}
    >
      <div class="virtual-space" style={{ height: `${String(heights.total)}px` }}>
        <div
          class="virtual-rows"
          role="presentation"
          ref={content}
          style={{ transform: `translateY(${String(heights.offsetOf(first))}px)` }}
        >
          {Array.from({ length: Math.max(0, last - first) }, (_, at) => properties.row(first + at))}
        </div>
      </div>
    </div>
  );
}
