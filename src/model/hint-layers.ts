import type { SpecHints } from './agent-spec';
import type { Plan, Subtask } from './plan';
import { defaultToolPolicy, type ToolPolicy } from './tool-policy';

/** What is said of a subtask, by who is nearest to it. */
export type HintLayers = readonly { says: string; hints: SpecHints }[];

/** The subtask speaks before the plan, the plan before the workspace. */
export function hintLayers(
  subtask: Pick<Subtask, 'hints'>,
  plan: Pick<Plan, 'settings'>,
  workspace: { hints: SpecHints },
): HintLayers {
  return [
    { says: 'the subtask says so', hints: subtask.hints },
    { says: 'the plan says so', hints: plan.settings.hints },
    { says: 'runsheet.yml says so', hints: workspace.hints },
  ];
}

/** A value and the rule that it comes from. */
export interface Ruled<T> {
  value: T;
  rule: string;
}

/** What the nearest layer that says anything says; `null`: none does. */
export function nearestHint<K extends keyof SpecHints>(
  layers: HintLayers,
  name: K,
): Ruled<NonNullable<SpecHints[K]>> | null {
  for (const { says, hints } of layers) {
    const value = hints[name];
    if (value !== null) return { value, rule: says };
  }
  return null;
}

/**
 * The tool policy of all layers over the derived one: the nearest word counts for each key, but
 * what is forbidden adds up: no plan takes back what its workspace forbids.
 */
export function layPolicies(derived: ToolPolicy, layers: HintLayers): ToolPolicy {
  const said = layers.flatMap(({ hints }) => hints.policy ?? []);
  const all = [derived, ...said.toReversed()];
  const union = (key: 'forbidden_tools' | 'forbidden_patterns') => [
    ...new Set(all.flatMap((policy) => policy[key] ?? [])),
  ];
  return {
    ...defaultToolPolicy,
    ...all.reduce((merged, policy) => ({ ...merged, ...policy }), {}),
    forbidden_tools: union('forbidden_tools'),
    forbidden_patterns: union('forbidden_patterns'),
    tool_hints: Object.fromEntries(
      all.flatMap(({ tool_hints: hints }) => Object.entries(hints ?? {})),
    ),
  };
}
