import { messageOf, RunsheetError, type ErrorCode } from '../model/errors';
import type { Log } from '../platform/log';
import { executions } from '../store/repositories/executions';
import type { SubtaskRow } from '../store/repositories/subtasks';
import { triggers, type TriggerFiring } from '../store/repositories/triggers';
import type { Store } from '../store/store';
import type { Conditions } from './conditions';
import type { PlanState } from './plan-state';
import type { GoOn } from './rejection-desk';
import type { WorkspaceState } from './workspace-state';

/** What a trigger starts: a plan, or subtasks of it by key. */
export interface TriggeredStart {
  planId: string;
  subtasks: readonly string[] | null;
  /** Who carries it out where nothing else names an agent. */
  usualAgent: string | null;
}

/**
 * Starts an execution that belongs to a firing. It passes `executions.create` the firing's id,
 * which says in the same transaction that it has fired.
 */
export type StartTriggered = (
  what: TriggeredStart,
  actor: string,
  firingId: string,
) => Promise<unknown>;

/** Nothing that a person does now would let it start. */
const hopeless: ReadonlySet<ErrorCode> = new Set(['not_found', 'validation', 'invalid_transition']);

/**
 * Carries out what triggers have fired: by itself where they need no confirmation, else when a
 * person confirms it. Nothing happens before a person who trusts the workspace is there.
 */
export class TriggerDesk implements Disposable {
  private trusted = false;
  /** Firings that are being decided and carried out: each once at a time. */
  private readonly taken = new Set<string>();
  private working: Promise<void> | null = null;
  private again = false;
  private readonly subscription: Disposable;

  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly conditions: Pick<Conditions, 'usualAttempts'>,
    private readonly start: StartTriggered,
    private readonly goOn: GoOn,
    private readonly log: Log,
  ) {
    this.subscription = store.onChanges((changes) => {
      if (changes.some(({ entity }) => entity === 'trigger_firing')) this.look();
    });
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
  }

  /** A person who trusts the workspace is there: what has fired meanwhile is carried out, too. */
  async trust(): Promise<void> {
    if (this.trusted) return;
    this.trusted = true;
    for (const { id } of await this.store.query(triggers.left, undefined)) {
      await this.hold(id, 'The engine ended before it was started.');
    }
    this.look();
  }

  /** Resolves when nothing that has fired is being started. */
  async settled(): Promise<void> {
    while (this.working !== null) await this.working;
  }

  /** A person lets a trigger fire now, whatever it waits for. @returns the firing's id. */
  async fire(name: string, actor: string): Promise<string> {
    const id = await this.store.command(triggers.fire, name, { actor });
    await this.alone(id, (one) => this.carryOut(one, actor));
    return id;
  }

  /** A person says yes. A start that fails leaves it waiting, and its error is thrown. */
  async confirm(firingId: string, actor: string): Promise<void> {
    await this.alone(firingId, async (one) => {
      const { state } = one.firing;
      if (state === 'waiting') return this.carryOut(one, actor);
      throw new RunsheetError('invalid_transition', `This has been decided: it is ${state}.`, {
        ...{ entity: 'firing', from: state, to: 'fired', allowed: [] },
      });
    });
  }

  /** A person says no. */
  async decline(firingId: string, actor: string): Promise<void> {
    await this.end(firingId, 'declined', null, actor);
  }

  /** @throws RunsheetError `not_ready` while somebody else carries it out. */
  private async alone(id: string, work: (one: TriggerFiring) => Promise<void>): Promise<void> {
    if (this.taken.has(id)) throw new RunsheetError('not_ready', 'This is being started.', { id });
    this.taken.add(id);
    try {
      await work(await this.store.query(triggers.firing, id));
    } finally {
      this.taken.delete(id);
    }
  }

  private look(): void {
    if (!this.trusted) return;
    this.again = true;
    this.working ??= this.work().then(() => {
      this.working = null;
      if (this.again) this.look();
    });
  }

  private async work(): Promise<void> {
    this.again = false;
    try {
      for (const { firing } of await this.store.query(triggers.due, undefined)) {
        // What went wrong is told where it waits.
        await this.alone(firing.id, async (one) => {
          if (one.firing.state === 'waiting') await this.carryOut(one, 'engine');
        }).catch(() => undefined);
      }
    } catch (error) {
      this.log.error('what triggers have fired could not be read', error);
    }
  }

  /** What cannot be started waits for a person, with the reason; what never can has failed. */
  private async carryOut(one: TriggerFiring, actor: string): Promise<void> {
    const { firing, trigger } = one;
    try {
      await this.act(one, actor);
    } catch (error) {
      const message = messageOf(error);
      this.log.warn(`the trigger ${trigger.name} could not act: ${message}`);
      const isOver = RunsheetError.is(error) && hopeless.has(error.code);
      if (isOver) await this.end(firing.id, 'failed', message, actor);
      else await this.hold(firing.id, message);
      throw error;
    }
  }

  private async end(
    id: string,
    to: 'fired' | 'declined' | 'failed',
    message: string | null,
    actor: string,
  ): Promise<void> {
    await this.store.command(triggers.endFiring, { id, to, message }, { actor });
  }

  private async hold(id: string, message: string): Promise<void> {
    await this.store.command(triggers.hold, { id, message }, { actor: 'engine' });
  }

  private async act(one: TriggerFiring, actor: string): Promise<void> {
    const { firing, trigger } = one;
    const { config } = trigger;
    await this.state.settled();
    switch (trigger.action) {
      case 'notify': {
        const message = config.message ?? trigger.name;
        this.log.info(`trigger: ${message}`);
        await this.end(firing.id, 'fired', message, actor);
        return;
      }
      case 'start_plan': {
        const planId = this.planWith(trigger.target_ref ?? '').plan.id;
        await this.startOf(one, planId, null, actor);
        return;
      }
      case 'start_subtask': {
        const { plan, row } = this.subtask(trigger.target_ref ?? '');
        refuseClosed(row);
        await this.startOf(one, plan.plan.id, [row.subtask_key], actor);
        return;
      }
      case 'run_spec': {
        const [kind, id] = firing.cause_key.split(':');
        const subtaskId = config.subtask ?? (kind === 'subtask' ? (id ?? '') : '');
        const { plan, row } = this.subtask(subtaskId);
        const spec = trigger.target_ref ?? '';
        const attemptLimit = plan.plannedAttemptsOf(row, this.conditions.usualAttempts);
        const prepare = { firingId: firing.id, subtaskId: row.id, spec, attemptLimit };
        await this.store.command(triggers.prepareSpec, prepare, { actor });
        await this.goOn(plan.plan.id, [row.subtask_key], actor);
        await this.end(firing.id, 'fired', null, actor);
        return;
      }
      case 'create_work_item':
        throw new RunsheetError('validation', 'There are no work items yet.');
    }
  }

  /** By the agent that the plan was started with last, or the one that caused this. */
  private async startOf(
    one: TriggerFiring,
    planId: string,
    subtasks: readonly string[] | null,
    actor: string,
  ): Promise<void> {
    const cause = this.causeOf(one);
    const usualAgent =
      (await this.store.query(executions.lastAgent, planId)) ??
      (cause === null ? null : await this.store.query(executions.lastAgent, cause));
    await this.start({ planId, subtasks, usualAgent }, actor, one.firing.id);
  }

  /** The plan in which it was caused, or that it follows where a person fired it. */
  private causeOf({ firing, trigger }: TriggerFiring): string | null {
    const [kind, cause] = firing.cause_key.split(':');
    const id = kind === 'manual' ? trigger.source_ref : cause;
    for (const plan of this.state.plans.values()) {
      const parts = [...plan.gates, ...plan.phases].some((part) => part.id === id);
      if (plan.plan.id === id || plan.subtasks.has(id ?? '') || parts) return plan.plan.id;
    }
    return null;
  }

  private planWith(id: string): PlanState {
    const plan = this.state.plans.get(id);
    if (plan !== undefined) return plan;
    throw new RunsheetError('not_found', 'Its plan is not in the workspace any more.', { id });
  }

  private subtask(id: string): { plan: PlanState; row: SubtaskRow } {
    for (const plan of this.state.plans.values()) {
      const row = plan.subtasks.get(id);
      if (row !== undefined) return { plan, row };
    }
    throw new RunsheetError('not_found', 'Its subtask is not in the workspace any more.', { id });
  }
}

/** What is closed is not done again because something else has happened. */
function refuseClosed({ status, subtask_key: key }: SubtaskRow): void {
  if (status !== 'done' && status !== 'skipped' && status !== 'cancelled') return;
  throw new RunsheetError('invalid_transition', `${key} is ${status} already.`, { status });
}
