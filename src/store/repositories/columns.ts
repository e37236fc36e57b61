import { z } from 'zod';

/** A JSON column: parsed on the way out. */
export function jsonColumn<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

export const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);
export const strings = jsonColumn(z.array(z.string()));
export const text = z.string();
export const maybeText = z.string().nullable();

/** `?, ?, ?` for as many values. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
