import type { Log } from '../platform/log';
import { events } from '../store/repositories/events';
import { runs, type RunRow } from '../store/repositories/runs';
import type { StatusStep } from '../store/repositories/subtasks';
import { verifications } from '../store/repositories/verifications';
import type { Store } from '../store/store';
import type { Recorder } from './recorder';

/** Ends what a dead engine left of a run: by pid, start time and marker. */
export type StopLeftovers = (
  recorded: { pid: number; startedAt: string | null } | null,
  marker: string,
) => Promise<{ left: number }>;

/** What a run tells before its agent is there, or after its end. */
const beforeThePrompt: ReadonlySet<string> = new Set(['setup', 'interrupted']);

/**
 * After the death of an engine: its runs are ended as interrupted, what they left running is
 * stopped, their worktrees are kept. Must be done before anything new is started.
 */
export class Recovery {
  constructor(
    private readonly store: Store,
    private readonly recorder: Recorder,
    private readonly stopLeftovers: StopLeftovers,
    private readonly log: Log,
  ) {}

  /** Returns how many runs were interrupted. */
  async recover(): Promise<number> {
    const orphans = await this.store.query(runs.live, undefined);
    for (const run of orphans) {
      await this.interrupt(run).catch((error: unknown) => {
        this.log.error(`run ${run.id} could not be closed after a crash`, error);
      });
    }
    await this.store.command(verifications.interrupt, undefined, { actor: 'engine' });
    return orphans.length;
  }

  private async interrupt(run: RunRow): Promise<void> {
    const process =
      run.process_id === null ? null : { pid: run.process_id, startedAt: run.process_started_at };
    const { left } = await this.stopLeftovers(process, run.process_marker ?? run.id);
    if (left > 0)
      this.log.warn('processes of an interrupted run did not end', { run: run.id, left });
    const subtask = await this.whatBecomesOf(run);
    await this.recorder.event(
      run.id,
      'interrupted',
      { state: run.state, left },
      { actor: 'engine' },
    );
    await this.store.command(
      runs.end,
      {
        runId: run.id,
        outcome: 'interrupted',
        verdict: null,
        stopReason: 'the engine ended unexpectedly',
        countsAsAttempt: false,
        subtask: { subtaskId: run.subtask_id, ...subtask },
      },
      { actor: 'engine' },
    );
  }

  /**
   * A program is simply started again, and so is an agent that never got its prompt. A prompt that
   * an agent had received is never sent a second time without a person's word.
   */
  private async whatBecomesOf(run: RunRow): Promise<Omit<StatusStep, 'subtaskId'>> {
    const delivered = run.agent_key !== 'command' && (await this.wasDelivered(run.id));
    if (!delivered) return { to: 'pending', reason: 'Its run was interrupted.' };
    const where = run.worktree_path === null ? '' : ` Its work is kept in ${run.worktree_path}.`;
    return {
      to: 'needs_attention',
      reason: `Its run was interrupted after the agent had received the prompt.${where} Run it again, or accept what is there.`,
    };
  }

  private async wasDelivered(runId: string): Promise<boolean> {
    const first = await this.store.query(events.page, { runId, after: 0, limit: 10 });
    return first.some(({ event_type: type }) => !beforeThePrompt.has(type));
  }
}
