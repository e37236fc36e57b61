const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.2 GB`, in powers of 1000. */
export function bytesText(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? ''}`;
}

/** Bytes of `500MB`; `null` for what is no size. */
export function readBytes(text: string): number | null {
  const [, number, unit = ''] = /^(\d{1,9})\s*([kMGT]?B)$/.exec(text.trim()) ?? [];
  return number === undefined ? null : Number(number) * 1000 ** units.indexOf(unit);
}
