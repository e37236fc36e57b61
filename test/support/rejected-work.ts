import { rejections } from '../../src/store/repositories/rejections';
import { routingRules, type RoutingRuleInput } from '../../src/store/repositories/routing-rules';
import { runs } from '../../src/store/repositories/runs';
import { subtasks, type SubtaskRow } from '../../src/store/repositories/subtasks';
import { InMemoryStore } from './in-memory-store';
import { dispatch, engine, person, rowOf, seed } from './plan-rows';

/** A plan of one subtask whose run has ended and whose work a person has accepted. */
export class Work {
  runId = '';

  private constructor(
    readonly store: InMemoryStore,
    readonly planId: string,
    readonly subtaskId: string,
  ) {}

  static async with(act: (work: Work) => Promise<void>): Promise<void> {
    const store = await InMemoryStore.open();
    try {
      const { planId, subtaskId } = await seed(store);
      const work = new Work(store, planId, subtaskId);
      await work.redo();
      await act(work);
    } finally {
      await store.close();
    }
  }

  subtask(): Promise<SubtaskRow> {
    return rowOf(this.store, this.planId, 'T01');
  }

  reject(type = 'style', reason = 'Too long.', actor = person, attemptLimit = 3) {
    const input = { subtaskId: this.subtaskId, type, reason, gateDecisionId: null };
    return this.store.command(rejections.reject, { ...input, attemptLimit }, actor);
  }

  /** Runs it, and leaves it for a person. */
  async redo(): Promise<void> {
    const { id } = await dispatch(this.store, this.planId, this.subtaskId);
    this.runId = id;
    const subtask = { subtaskId: this.subtaskId, to: 'needs_attention' as const, reason: 'Look.' };
    const end = { runId: id, outcome: 'completed' as const, verdict: null, subtask };
    await this.store.command(runs.end, end, engine);
  }

  async accept(): Promise<void> {
    const input = { subtaskId: this.subtaskId, action: 'accept' as const, reason: 'Seen.' };
    await this.store.command(subtasks.decide, input, person);
  }

  route(values: Partial<RoutingRuleInput>) {
    const input = { planId: null, rejectionType: 'style', ...values };
    return this.store.command(routingRules.set, input, person);
  }

  held() {
    return this.store.query(rejections.ofSubtask, this.subtaskId);
  }
}
