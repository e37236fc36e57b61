import { agentSpecSchema, type AgentSpec } from '../../src/model/agent-spec';

type Written = Partial<Omit<AgentSpec, 'acceptance' | 'tool_policy'>> & {
  acceptance?: Partial<AgentSpec['acceptance']>;
  tool_policy?: Partial<AgentSpec['tool_policy']>;
};

/** A spec as a person could write it, with plain values for what a test does not care about. */
export function agentSpec(values: Written = {}): AgentSpec {
  return agentSpecSchema.parse({
    name: 'spec-1',
    display_name: 'Spec',
    objective: 'Do what is asked.',
    task_type: 'coding',
    max_turns: 10,
    timeout_seconds: 600,
    ...values,
  });
}
