import type { MarkdownLine } from '../markdown';

// `- **Name**: value` below a task; the bold may be left out, and the bullet too.

/** Whether a line is a field of the names, which are joined by `|`. */
export function isField(names: string, text: string): boolean {
  return fieldValue(names, text) !== null;
}

/** A field's value as written, or `null`. */
export function fieldValue(names: string, text: string): string | null {
  const [, bold = '', name = '', value = ''] = field.exec(text) ?? [];
  if (name === '' || !expressionOf(names).test(name)) return null;
  return bold === '' ? value.trim() : value.replace(/^\*\*:?/, '').trim();
}

const field = /^\s*(?:[-*+]\s+)?(\*\*)?([A-Za-z][A-Za-z ]{0,40}?)(?:\*\*:|:)(.*)$/;
const expressions = new Map<string, RegExp>();

function expressionOf(names: string): RegExp {
  const known = expressions.get(names) ?? new RegExp(`^(?:${names})$`, 'i');
  expressions.set(names, known);
  return known;
}

/** A field with its value's continuation lines: wrapped text, or a list of its own. */
export interface Field {
  line: MarkdownLine;
  value: string;
}

export function fieldsIn(names: string, below: readonly MarkdownLine[]): Field[] {
  return below.flatMap((line, at): Field[] => {
    const value = line.kind === 'text' ? fieldValue(names, line.text) : null;
    if (value === null) return [];
    const rest: string[] = [];
    for (const next of below.slice(at + 1)) {
      const bullet = /^\s*[-*+]\s/.test(next.text);
      const belongs = bullet
        ? next.indent > line.indent && value === ''
        : next.indent > line.indent;
      if (next.blank || next.kind !== 'text' || !belongs) break;
      rest.push(next.text.trim());
    }
    return [{ line, value: [value, ...rest].join(' ').trim() }];
  });
}
