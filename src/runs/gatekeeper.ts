import type { GateDecision } from '../model/status';
import { satisfiesDependents } from '../model/schedule';
import type { Log } from '../platform/log';
import { gates, type GateRow } from '../store/repositories/gates';
import type { Store } from '../store/store';
import type { PlanState } from './plan-state';
import type { WorkspaceState } from './workspace-state';

/** Opens gates when what they wait for is done, and takes people's decisions. */
export class Gatekeeper {
  private readonly moving = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly log: Log,
  ) {}

  /** Called on every change of a plan. */
  look(plan: PlanState): void {
    for (const gate of plan.gates) {
      const reached = this.isReached(plan, gate);
      if (gate.state === 'waiting' && reached) this.move(gate, 'open');
      if (gate.state === 'open' && !reached) this.move(gate, 'close');
    }
  }

  /** @throws RunsheetError `validation`, `forbidden`, `invalid_transition`, `not_found`. */
  async decide(
    gateId: string,
    decision: GateDecision,
    reason: string,
    actor: string,
  ): Promise<GateRow> {
    const input = { gateId, decision, reason: reason === '' ? null : reason };
    return this.store.command(gates.decide, input, { actor });
  }

  private isReached(plan: PlanState, gate: GateRow): boolean {
    const scope = plan.scopeOf(gate);
    if (scope === null) return false;
    return [...scope.opensAfter].every((key) => {
      const row = plan.byKey(key);
      return row === null || row.status === 'cancelled' || satisfiesDependents(row.status, false);
    });
  }

  private move(gate: GateRow, way: 'open' | 'close'): void {
    if (this.moving.has(gate.id)) return;
    this.moving.add(gate.id);
    this.store
      .command(gates[way], gate.id, { actor: 'engine' })
      .then(() => this.state.settled())
      .catch((error: unknown) => this.log.error(`the gate ${gate.title} could not be moved`, error))
      .finally(() => this.moving.delete(gate.id));
  }
}
