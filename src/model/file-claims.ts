/** First segment with a wildcard; from there on a glob may match anything. */
const wildcard = /[*?[\]{}]/;

/**
 * The place in the tree that a path of a plan stands for, in a form that can be compared: segments
 * without `.`, `..` resolved, letters folded (two names that differ in case are one file on many
 * disks). A glob stands for the folder above its first wildcard; the whole tree is ``.
 */
export function placeOf(path: string): string {
  const segments: string[] = [];
  for (const segment of path.replaceAll('\\', '/').split('/')) {
    if (segment === '' || segment === '.') continue;
    if (wildcard.test(segment)) break;
    if (segment === '..' && segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else segments.push(segment);
  }
  return segments.join('/').normalize('NFC').toLowerCase();
}

/** The places of paths, each with its path as written; a blank path says nothing. */
export function placesOf(paths: readonly string[]): Map<string, string> {
  const written = paths.filter((path) => path.trim() !== '');
  return new Map(written.map((path) => [placeOf(path), path]));
}

/** From `a/b/c`: itself, `a/b`, `a` and the root. */
export function* withAncestors(place: string): Generator<string> {
  yield place;
  for (let end = place.lastIndexOf('/'); end > 0; end = place.lastIndexOf('/', end - 1))
    yield place.slice(0, end);
  if (place !== '') yield '';
}

/**
 * Who works on which place. Two places collide when they are equal or one lies below the other, so
 * that a folder or a glob covers its files.
 */
export class FileClaims {
  private readonly held = new Map<string, string>();
  private readonly holderBelow = new Map<string, string>();

  take(holder: string, places: Iterable<string>): void {
    for (const place of places) {
      this.held.set(place, holder);
      for (const ancestor of withAncestors(place)) this.holderBelow.set(ancestor, holder);
    }
  }

  /** Who holds a place that collides with this one. */
  holderOf(place: string): string | undefined {
    const below = this.holderBelow.get(place);
    if (below !== undefined || this.held.size === 0) return below;
    for (const ancestor of withAncestors(place)) {
      const holder = this.held.get(ancestor);
      if (holder !== undefined) return holder;
    }
    return undefined;
  }
}
