import { z } from 'zod';
import type { Problem } from '../../model/plan';
import type { FrontMatter } from '../front-matter';
import { problem } from '../problems';

// The front matter of a session prompt, field by field: a bad value costs that field alone.

const texts = z.array(z.union([z.string(), z.number()]).transform(String)).max(500);
const text = z.string().trim().min(1).max(1000);

const shape = {
  schema_version: z.union([z.string(), z.number()]).transform(String),
  title: text,
  workflow_phases: texts,
  date: text,
  category: text,
  task_type: text,
  vendors_affected: texts,
  migration_order: z
    .array(
      z.object({
        vendor: text,
        duration_estimate: text.nullish(),
        complexity: text.nullish(),
        prerequisites: texts.nullish(),
      }),
    )
    .max(500),
  requires_three_step_research: z.boolean(),
  priority: z.enum(['P0', 'P1', 'P2', 'P3']),
  estimated_total_hours: z.number().min(0),
  constitutional_principles: z.array(z.int()).max(100),
  session_id: text,
  token_budget: z.int().min(0),
};
const schema = z.object(shape).partial();
export type PromptFields = z.infer<typeof schema>;

const required = ['schema_version', 'title', 'workflow_phases'] as const;
const expected: Partial<Record<string, string>> = {
  priority: 'P0, P1, P2 or P3',
  estimated_total_hours: 'a number',
  requires_three_step_research: 'true or false',
  constitutional_principles: 'a list of whole numbers',
  token_budget: 'a whole number',
};

/** The fields that can be understood, and what is wrong with the others. */
export function readPromptFields(front: FrontMatter): {
  fields: PromptFields;
  problems: Problem[];
} {
  if (front.state === 'none') return { fields: {}, problems: [] };
  const top = { line: 1, range: null };
  if (front.state === 'unclosed') {
    const message =
      'The front matter is never closed, so the whole file is read as text. Put a line of --- below its last key.';
    return { fields: {}, problems: [problem('warning', 'frontmatter-unclosed', top, message)] };
  }
  const problems = front.errors.map(({ at, message }) =>
    problem('warning', 'frontmatter-bad-value', at, `The front matter cannot be read: ${message}`),
  );
  const good: Record<string, unknown> = {};
  for (const [key, { value, line, range }] of front.values) {
    const field = Object.entries(shape).find(([name]) => name === key)?.[1];
    if (field === undefined || value === null) continue;
    if (field.safeParse(value).success) good[key] = value;
    else {
      const message = `${key} is not ${expected[key] ?? 'what it should be'}, so it is left out. Correct it.`;
      problems.push(problem('warning', 'frontmatter-bad-value', { line, range }, message));
    }
  }
  const missing = required.filter((key) => (front.values.get(key)?.value ?? null) === null);
  if (front.errors.length === 0 && missing.length > 0) {
    const message = `The front matter has no ${missing.join(', no ')}. Add it, so that the prompt is understood.`;
    problems.push(problem('warning', 'frontmatter-missing-key', top, message));
  }
  const parsed = schema.safeParse(good);
  const fields = parsed.success ? parsed.data : {};
  const { schema_version: version } = fields;
  const place = front.values.get('schema_version');
  if (version !== undefined && place !== undefined && !/^1(?:\.0)?$/.test(version)) {
    const message = `The version ${version} of the prompt's front matter is not known; it is read as 1.0.`;
    problems.push(problem('warning', 'frontmatter-unknown-version', place, message));
  }
  return { fields, problems };
}
