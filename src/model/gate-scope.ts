import { subtasksOf, type Gate, type Plan } from './plan';
import { planOrder } from './plan-order';

/** What a gate waits for and what waits for it, as subtask keys. */
export interface GateScope {
  opensAfter: ReadonlySet<string>;
  blocks: ReadonlySet<string>;
}

function phaseScope(plan: Plan, phaseKey: string, side: 'after' | 'before'): GateScope {
  const at = plan.phases.findIndex((phase) => phase.key === phaseKey);
  if (at < 0) return { opensAfter: new Set(), blocks: new Set() };
  const first = side === 'after' ? at + 1 : at;
  const keys = (from: number, to?: number) =>
    plan.phases.slice(from, to).flatMap((phase) => phase.subtasks);
  const required = (from: number, to?: number) =>
    keys(from, to).filter((subtask) => !subtask.optional);
  return {
    opensAfter: new Set(
      (side === 'after' ? required(at, first) : required(0, at)).map((subtask) => subtask.key),
    ),
    blocks: new Set(keys(first, side === 'before' ? at + 1 : undefined).map(({ key }) => key)),
  };
}

function triggerScope(plan: Plan, gate: Gate): GateScope {
  const { trigger } = gate;
  switch (trigger.type) {
    case 'after_phase':
      return phaseScope(plan, trigger.phaseKey, 'after');
    case 'before_phase':
      return phaseScope(plan, trigger.phaseKey, 'before');
    case 'after_subtask': {
      const order = planOrder(plan).subtasks;
      const dependents = subtasksOf(plan).filter(({ key }) =>
        order.get(key)?.some(({ id }) => id === trigger.subtaskKey),
      );
      return {
        opensAfter: new Set([trigger.subtaskKey]),
        blocks: new Set(dependents.map((subtask) => subtask.key)),
      };
    }
    case 'manual':
      return { opensAfter: new Set(), blocks: new Set() };
  }
}

/** Per gate key its scope: what the trigger means, with what the gate itself names. */
export function gateScopes(plan: Plan): Map<string, GateScope> {
  return new Map(
    plan.gates.map((gate) => {
      const { opensAfter, blocks } = triggerScope(plan, gate);
      return [
        gate.key,
        {
          opensAfter: new Set([...opensAfter, ...gate.after]),
          blocks: new Set([...blocks, ...gate.blocks]),
        },
      ];
    }),
  );
}
