import { z } from 'zod';

export const sourceKindSchema = z.enum(['plan', 'phase', 'subtask', 'work_item', 'gate']);
export type SourceKind = z.infer<typeof sourceKindSchema>;
export const firesOnSchema = z.enum([
  'on_complete',
  'on_approve',
  'on_reject',
  'on_fail',
  'manual',
]);
export type FiresOn = z.infer<typeof firesOnSchema>;
export const triggerActionSchema = z.enum([
  'start_plan',
  'start_subtask',
  'run_spec',
  'create_work_item',
  'notify',
]);
export type TriggerAction = z.infer<typeof triggerActionSchema>;

/** What an action takes beside its target. */
export const triggerConfigSchema = z.strictObject({
  /** `notify`: what to say; else the trigger's name is said. */
  message: z.string().trim().min(1).max(1000).optional(),
  /** `run_spec`: the subtask that the spec is run for; else the one that fired. */
  subtask: z.string().min(1).optional(),
  /** `on_complete`: whether what a person closed without a proof counts as complete, too. */
  accepted: z.boolean().optional(),
});
export type TriggerConfig = z.output<typeof triggerConfigSchema>;

/**
 * A trigger as people write it. A plan is named by its path or id; a phase, subtask or gate by its
 * id or as `<path>#<key>`.
 */
export const triggerDefinitionSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  source: z.strictObject({
    kind: sourceKindSchema,
    /** Absent: any. A word that names no plan is a workflow type. */
    ref: z.string().min(1).max(500).nullable().default(null),
  }),
  fires_on: firesOnSchema,
  action: triggerActionSchema,
  /** A plan, a subtask, or the name of an agent spec; nothing for `notify`. */
  target: z.string().min(1).max(500).nullable().default(null),
  config: triggerConfigSchema.default({}),
  needs_confirmation: z.boolean().default(true),
  max_chain: z.int().min(1).max(20).default(5),
  enabled: z.boolean().default(true),
});
export type TriggerDefinition = z.output<typeof triggerDefinitionSchema>;

/** What can happen to a kind of source. */
const happenings: Readonly<Record<SourceKind, readonly FiresOn[]>> = {
  plan: ['on_complete', 'on_fail', 'manual'],
  phase: ['on_complete', 'manual'],
  subtask: ['on_complete', 'on_reject', 'on_fail', 'manual'],
  gate: ['on_approve', 'on_reject', 'manual'],
  work_item: [],
};

/** Why a trigger can never do what it says, as a sentence; `null` when it can. */
export function refusalOf(trigger: TriggerDefinition): string | null {
  const { source, fires_on: on, action, target, config } = trigger;
  if (source.kind === 'work_item' || action === 'create_work_item')
    return 'There are no work items yet that a trigger could follow or create.';
  if (!happenings[source.kind].includes(on))
    return `Nothing makes a ${source.kind} fire ${on}; it fires ${happenings[source.kind].join(', ')}.`;
  if ((action === 'notify') !== (target === null))
    return action === 'notify' ? 'notify has no target.' : `${action} needs a target.`;
  const knowsSubtask =
    config.subtask !== undefined || (source.kind === 'subtask' && on !== 'manual');
  if (action === 'run_spec' && !knowsSubtask)
    return 'run_spec needs config.subtask, unless a subtask fires it.';
  if (config.subtask !== undefined && action !== 'run_spec')
    return 'config.subtask is for run_spec alone.';
  if (config.message !== undefined && action !== 'notify')
    return 'config.message is for notify alone.';
  if (config.accepted !== undefined && on !== 'on_complete')
    return 'config.accepted is for on_complete alone.';
  return null;
}
