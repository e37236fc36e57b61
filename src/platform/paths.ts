import { dirname, isAbsolute, join, relative, win32 } from 'node:path';
import type { Files } from './files';

/** Whether `path` is `root` or lies below it; both absolute, links not followed. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (!/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way));
}

/**
 * The absolute path of `path`, which is relative to `root`, as long as it stays inside: not
 * absolute, not by `..`, not through a link. `null` when it leaves. Nothing needs to exist there.
 */
export async function insideDirectory(
  files: Files,
  root: string,
  path: string,
): Promise<string | null> {
  if (isAbsolute(path) || win32.isAbsolute(path) || /^[A-Za-z]:/.test(path)) return null;
  if (path.includes('\0')) return null;
  const target = join(root, path);
  if (!isInside(root, target)) return null;
  const realRoot = await files.resolve(root);
  const real = await resolveNearest(files, target);
  return realRoot !== null && real !== null && isInside(realRoot, real) ? target : null;
}

/** Where the nearest existing parent really is; `null` below a link that leads to nothing. */
async function resolveNearest(files: Files, path: string): Promise<string | null> {
  const real = await files.resolve(path);
  if (real !== null) return real;
  // What such a link points to could still be made by writing through it, anywhere.
  if ((await files.kind(path)) === 'link') return null;
  const parent = dirname(path);
  return parent === path ? null : resolveNearest(files, parent);
}
