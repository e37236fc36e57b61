import { useEffect, useState } from 'preact/hooks';

/** The time, new every second while somebody counts; milliseconds since the epoch. */
export function useNow(counts: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!counts) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [counts]);
  return now;
}
