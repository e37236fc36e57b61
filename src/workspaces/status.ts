/** Fields before the path in the records of `git status --porcelain=v2`, by their first letter. */
const fieldsBefore: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1, '!': 1 };

/** All paths that `git status --porcelain=v2 -z` names; of a rename both. */
export function statusPaths(output: Buffer): string[] {
  const records = output.toString('utf8').split('\0');
  const paths: string[] = [];
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index] ?? '';
    const fields = fieldsBefore[record[0] ?? ''];
    if (fields === undefined) continue;
    paths.push(record.split(' ').slice(fields).join(' '));
    if (!record.startsWith('2')) continue;
    index += 1;
    paths.push(records[index] ?? '');
  }
  return paths.map((path) => path.replace(/\/$/, ''));
}

/** Whether the path is one of `places` or lies below one. */
export function isBelow(path: string, places: readonly string[]): boolean {
  return places.some((place) => {
    const folder = place.replaceAll('\\', '/').replace(/\/+$/, '');
    return path === folder || path.startsWith(`${folder}/`);
  });
}
