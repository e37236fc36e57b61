/** A report for programs: the same measures always give the same bytes. */
export function jsonReport(measures) {
  return JSON.stringify(measures, (_key, value) => sorted(value), 2);
}

function sorted(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
