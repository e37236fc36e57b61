import type { GateDecision } from '../model/status';
import type { Log } from '../platform/log';
import type { GateRow } from '../store/repositories/gate-rows';
import { gates, type GateDecisionInput } from '../store/repositories/gates';
import type { Store } from '../store/store';
import type { GateChecks } from './gate-checks';
import { isOver, type PlanState } from './plan-state';
import type { WorkspaceState } from './workspace-state';

/** Opens gates when what they wait for is done, and takes people's decisions. */
export class Gatekeeper {
  private readonly moving = new Set<string>();
  private trusted = false;

  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly checks: GateChecks,
    private readonly log: Log,
  ) {}

  /** A person who trusts the workspace is there: from now on gates may run their checks. */
  async trust(): Promise<void> {
    if (this.trusted) return;
    this.trusted = true;
    for (const plan of this.state.plans.values()) {
      for (const gate of plan.gates) {
        if (gate.state !== 'open') continue;
        await this.checkAndPass(plan, gate).catch((error: unknown) => {
          this.log.error(`the gate ${gate.title} could not be checked`, error);
        });
      }
    }
  }

  /** Called on every change of a plan. */
  look(plan: PlanState): void {
    for (const gate of plan.gates) {
      if (gate.trigger_type === 'manual') continue;
      const reached = this.isReached(plan, gate);
      if (gate.state === 'waiting' && reached) this.move(plan, gate, 'open');
      if (gate.state === 'open' && !reached) this.move(plan, gate, 'close');
    }
  }

  /**
   * A person's decision. Before an approval, the checks that are not met yet are run once more.
   * @throws RunsheetError `validation`, `forbidden`, `invalid_transition`, `not_found`,
   * `version_conflict`, `not_ready` for a gate that is reopened while runs behind it go on.
   */
  async decide(
    gateId: string,
    decision: GateDecision,
    reason: string,
    actor: string,
    more: Pick<GateDecisionInput, 'round' | 'rejected'> = {},
  ): Promise<GateRow> {
    const gate = await this.store.query(gates.byId, gateId);
    const plan = this.state.plans.get(gate.plan_id);
    if (decision === 'approve' && gate.state === 'open' && plan !== undefined)
      await this.checks.run(plan, gate, actor);
    const blocked = plan === undefined ? [] : blockedBy(plan, gate);
    const input = { ...more, gateId, decision, reason: reason === '' ? null : reason, blocked };
    return this.store.command(gates.decide, input, { actor });
  }

  /**
   * A person says that the turn of a gate has come that nothing else opens.
   * @throws RunsheetError `validation`, `forbidden`, `invalid_transition`, `not_found`.
   */
  async openByHand(gateId: string, actor: string): Promise<GateRow> {
    const gate = await this.store.command(gates.openByHand, gateId, { actor });
    const plan = this.state.plans.get(gate.plan_id);
    if (plan !== undefined) await this.checkAndPass(plan, gate);
    return this.store.query(gates.byId, gateId);
  }

  isReached(plan: PlanState, gate: GateRow): boolean {
    return isReached(plan, gate);
  }

  private move(plan: PlanState, gate: GateRow, way: 'open' | 'close'): void {
    if (this.moving.has(gate.id)) return;
    this.moving.add(gate.id);
    this.moveNow(plan, gate, way).then(
      () => {
        this.moving.delete(gate.id);
        // What it waits for may have been undone while its checks were run.
        const now = this.state.plans.get(plan.plan.id);
        if (now !== undefined) this.look(now);
      },
      (error: unknown) => {
        this.moving.delete(gate.id);
        this.log.error(`the gate ${gate.title} could not be moved`, error);
      },
    );
  }

  private async moveNow(plan: PlanState, gate: GateRow, way: 'open' | 'close'): Promise<void> {
    await this.store.command(gates[way], gate.id, { actor: 'engine' });
    if (way === 'open') await this.checkAndPass(plan, gate);
    await this.state.settled();
  }

  private async checkAndPass(plan: PlanState, gate: GateRow): Promise<void> {
    if (!this.trusted) return;
    await this.checks.run(plan, gate, 'engine');
    if (gate.kind !== 'checkpoint') return;
    await this.state.settled();
    const now = this.state.plans.get(plan.plan.id);
    const isUndone = gate.trigger_type !== 'manual' && now !== undefined && !isReached(now, gate);
    if (!isUndone) await this.store.command(gates.pass, gate.id, { actor: 'engine' });
  }
}

/** Whether everything that the gate waits for is closed; one that is opened by hand may wait for nothing. */
export function isReached(plan: PlanState, gate: GateRow): boolean {
  const scope = plan.scopeOf(gate);
  if (scope === null) return false;
  return [...scope.opensAfter].every((key) => {
    const row = plan.byKey(key);
    return row === null || isOver(row);
  });
}

/** Ids of the subtasks behind a gate. */
function blockedBy(plan: PlanState, gate: GateRow): string[] {
  return [...(plan.scopeOf(gate)?.blocks ?? [])].flatMap((key) => plan.idByKey.get(key) ?? []);
}
