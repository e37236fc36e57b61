/**
 * Does the work at the first call and gives its result to all calls: for things of which there may
 * be only one, such as the locks of a repository. A failure is forgotten, so that the next call
 * tries again.
 */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | null = null;
  return () => {
    if (result !== null) return result;
    const started = work();
    result = started;
    started.catch(() => {
      if (result === started) result = null;
    });
    return started;
  };
}
