import { perFile } from '../format';
import { markdownLines } from '../markdown';

/** The requirements of a spec: numbers with the numbers of their criteria. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

const heading =
  /^[^\p{L}\p{N}]*(?:requirement|req|需求|要件|要求|요구\s?사항|requisito|exigence|anforderung)\s*[:：#]?\s*(\d+)(?![\p{L}\p{N}])/iu;
const numbered = /^\s*(\d+)[.)]\s+\S/;
const written = /^\s*(?:[-*+]\s+)?(?:\d+\.\s+)?(?:\*\*)?(\d+)\.(\d+)(?![\d.])/;

/** Reads `### Requirement 1` with its numbered criteria, and criteria written as `1.1 …`. */
export const requirementsOf = perFile(({ text }): Requirements => {
  const found = new Map<string, Set<string>>();
  const criteriaOf = (id: string) => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const made = new Set<string>();
    found.set(id, made);
    return made;
  };
  let current: Set<string> | null = null;
  for (const line of markdownLines(text)) {
    if (line.kind !== 'text') continue;
    if (line.heading !== null) {
      const id = heading.exec(line.heading.title)?.[1];
      if (id !== undefined) current = criteriaOf(id);
      else if (line.heading.level < 3) current = null;
      continue;
    }
    const [, whole, part] = written.exec(line.text) ?? [];
    const ordinal = numbered.exec(line.text)?.[1];
    if (whole !== undefined && part !== undefined) criteriaOf(whole).add(part);
    else if (ordinal !== undefined) current?.add(ordinal);
  }
  return found;
});

/** Whether a requirement is known to be missing; where its criteria could not be read, it is not. */
export function isMissing(requirements: Requirements, id: string): boolean {
  const [whole = '', part] = id.split('.');
  const criteria = requirements.get(whole);
  if (criteria === undefined) return true;
  return part !== undefined && criteria.size > 0 && !criteria.has(part);
}
