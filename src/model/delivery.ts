import { z } from 'zod';

// What a project delivers: vendors whose files it reads, deployments, and what it wants to do next.

export const vendorStatusSchema = z.enum(['operational', 'broken']);
export type VendorStatus = z.infer<typeof vendorStatusSchema>;

const count = z.int().min(0);
const extra = z.record(z.string(), z.unknown()).default({});

/** `null`: the source does not say. */
export const vendorMetadataSchema = z.strictObject({
  format_support: z.strictObject({
    excel: z.boolean(),
    csv: z.boolean(),
    pdf: z.boolean(),
    ocr: z.boolean(),
  }),
  test_results: z.strictObject({ passing: count, total: count, skipped: count }).nullable(),
  manifest_compliant: z.boolean().nullable().default(null),
  extra,
});
export type VendorMetadata = z.infer<typeof vendorMetadataSchema>;

/** `null`: the source does not say. */
export const deploymentMetadataSchema = z.strictObject({
  pr_number: z.int().min(1).nullable(),
  pr_title: z.string().min(1).max(200).nullable(),
  test_summary: z.record(z.string(), count),
  constitutional_compliance: z.boolean().nullable(),
  /** What is named and was not found when it was recorded. */
  unresolved: z
    .strictObject({ vendors: z.array(z.string()), work_items: z.array(z.string()) })
    .default({ vendors: [], work_items: [] }),
  extra,
});
export type DeploymentMetadata = z.infer<typeof deploymentMetadataSchema>;

export const enhancementStatusSchema = z.enum([
  'planned',
  'approved',
  'implementing',
  'completed',
  'dropped',
]);
export type EnhancementStatus = z.infer<typeof enhancementStatusSchema>;

/** 1 is the highest. */
export const enhancementPrioritySchema = z.literal([1, 2, 3, 4, 5]);
export type EnhancementPriority = z.infer<typeof enhancementPrioritySchema>;
