import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

const quietMs = 5000;

/** Tells a screen reader how far the plan is, at most every five seconds. */
export function LiveSummary({ text }: { text: string }): VNode {
  const [said, setSaid] = useState(text);
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), quietMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="only-spoken" role="status" aria-live="polite">
      {said}
    </div>
  );
}
