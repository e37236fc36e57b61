/** One figure of a benchmark; `ok` says whether a target is met, where there is one. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  ok?: boolean;
}

function line({ name, value, unit, ok }: Figure): string {
  const text = Number.isInteger(value) ? String(value) : value.toPrecision(4);
  const mark = ok === undefined ? '' : ok ? '  ok' : '  MISSED';
  return `  ${name.padEnd(28)} ${text.padStart(10)} ${unit}${mark}`;
}

/** Prints the figures, with `--json` as one object; a missed target sets the exit code. */
export function report(bench: string, figures: readonly Figure[]): void {
  const ok = figures.every((figure) => figure.ok !== false);
  const text = process.argv.includes('--json')
    ? JSON.stringify({ bench, ok, figures })
    : [bench, ...figures.map(line)].join('\n');
  process.stdout.write(`${text}\n`);
  if (!ok) process.exitCode = 1;
}
