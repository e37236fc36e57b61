import { z } from 'zod';
import { idSchema, request } from './request';

// Status reports, what is imported from them, and the progress log of a plan.

const countsSchema = z.object({
  plans: z.int(),
  vendors: z.int(),
  work_items: z.int(),
  deployments: z.int(),
  enhancements: z.int(),
});

const generated = {
  report: z.string(),
  generatedAt: z.string(),
  counts: countsSchema,
  /** Where it is written to: workspace-relative. */
  path: z.string(),
};

/** The workspace's status report, from the database; nothing is written. */
export const getReport = request('report/get', z.object({}), z.object(generated));

/**
 * Writes it to its file, over an earlier one that was generated. Errors: `forbidden` where a person
 * keeps the file, `not_ready` where it is open with changes, `not_trusted`.
 */
export const writeReport = request('report/write', z.object({}), z.object(generated));

const named = { kind: z.string(), name: z.string() };

export const reconciliationSchema = z.object({
  path: z.string(),
  /** `project_status`, `session_prompt` or `session_report`. */
  kind: z.string(),
  /** Of a status report. */
  variant: z.enum(['legacy', 'generated', 'free']).nullable(),
  applied: z.boolean(),
  /** By kind of rows. `stated` is what the file says of itself; stored: in the database then. */
  counts: z.record(
    z.string(),
    z.object({
      stated: z.int().nullable(),
      found: z.int(),
      stored: z.int(),
      created: z.int(),
      updated: z.int(),
    }),
  ),
  fieldsMissing: z.array(z.object({ ...named, fields: z.array(z.string()).readonly() })).readonly(),
  unreadLines: z.array(z.object({ line: z.int(), text: z.string() })),
  /** What is wrong with the file beside lines that are not understood. */
  problems: z.array(z.object({ line: z.int(), rule: z.string(), message: z.string() })),
  differences: z.array(z.object({ ...named, message: z.string() })),
  /** Writes that wait in comments of the file; imported only when asked for. */
  fallbackWrites: z.array(z.object({ line: z.int(), time: z.string(), json: z.string() })),
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;

/**
 * Holds a status report, session prompt or session report against the database; with `apply` its
 * rows are stored, in one transaction. The file stays as it is. Errors: `not_found`, `forbidden`
 * (outside the workspace), `validation`, `version_conflict` when the file is not the one that
 * `expected` names.
 */
export const importReport = request(
  'report/import',
  z.object({
    path: z.string().min(1),
    apply: z.boolean().default(false),
    /** Also the writes that wait in its comments. */
    fallbackWrites: z.boolean().default(false),
    /** Hash of the bytes that a person has seen the account of. */
    expected: z.string().length(64).optional(),
  }),
  reconciliationSchema.extend({ hash: z.string().length(64) }),
);

const progress = { text: z.string(), path: z.string(), planId: idSchema };

/** What a plan's own progress log would be told now. Errors: `validation` where its format has none. */
export const getProgressLog = request(
  'progress/get',
  z.object({ planId: idSchema }),
  z.object(progress),
);

/** Writes it. Errors as of `report/write`, and `validation` where the plan's format has none. */
export const writeProgressLog = request(
  'progress/write',
  z.object({ planId: idSchema }),
  z.object(progress),
);
