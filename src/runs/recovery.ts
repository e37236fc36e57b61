import { z } from 'zod';
import type { NextRun } from '../model/next-run';
import type { Log } from '../platform/log';
import { events } from '../store/repositories/events';
import { runs, type RunRow } from '../store/repositories/runs';
import { subtasks, type StatusStep } from '../store/repositories/subtasks';
import { verifications } from '../store/repositories/verifications';
import type { Store } from '../store/store';
import { checkMarker } from './check-work';
import { hasConflict } from './merge-conflict';
import type { Recorder } from './recorder';

/** Ends what a dead engine left of a run: by pid, start time and marker. */
export type StopLeftovers = (
  recorded: { pid: number; startedAt: string | null } | null,
  marker: string,
) => Promise<{ left: number }>;

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
    await this.endChecks().catch((error: unknown) => {
      this.log.error('what checks have left running could not be ended', error);
    });
    await this.store.command(verifications.interrupt, undefined, { actor: 'engine' });
    return orphans.length;
  }

  /** What checks without a run have left running. */
  private async endChecks(): Promise<void> {
    for (const row of await this.store.query(verifications.openAlone, undefined)) {
      const { gate_id: gateId, subtask_id: subtaskId } = row;
      const of = gateId !== null ? { gateId } : subtaskId !== null ? { subtaskId } : null;
      if (of === null) continue;
      const { left } = await this.stopLeftovers(null, checkMarker(of));
      if (left > 0) this.log.warn('processes of interrupted checks did not end', { ...of, left });
    }
  }

  private async interrupt(run: RunRow): Promise<void> {
    const process =
      run.process_id === null ? null : { pid: run.process_id, startedAt: run.process_started_at };
    const { left } = await this.stopLeftovers(process, run.process_marker ?? run.id);
    if (left > 0)
      this.log.warn('processes of an interrupted run did not end', { run: run.id, left });
    const subtask = await this.whatBecomesOf(run);
    const end = {
      stopReason: 'the engine ended unexpectedly',
      errorCode: null,
      countsAsAttempt: false,
    };
    const payload = { state: run.state, left, ...end, found: foundOf(run) };
    await this.recorder.event(run.id, 'interrupted', payload, { actor: 'engine' });
    await this.store.command(
      runs.end,
      {
        runId: run.id,
        outcome: 'interrupted',
        verdict: null,
        ...end,
        subtask: { subtaskId: run.subtask_id, ...subtask },
      },
      { actor: 'engine' },
    );
  }

  /**
   * An agent that had finished has its work checked. A program is simply started again, and so is
   * an agent that never got its prompt. A prompt that an agent had received is never sent a second
   * time without a person's word.
   */
  private async whatBecomesOf(run: RunRow): Promise<Omit<StatusStep, 'subtaskId'>> {
    const reason = 'Its run was interrupted.';
    const told = await this.store.query(events.typesOf, run.id);
    const { worktree_path: path } = run;
    if (path !== null && (await this.hasFinished(run.id))) {
      const nextRun = { ...resumptionOf(run), closeOut: true };
      return { to: 'pending', reason: `${reason} Its agent had finished.`, nextRun };
    }
    if (run.agent_key === 'command' || !told.includes('started')) {
      const [subtask] = await this.store.query(subtasks.byIds, [run.subtask_id]);
      const before = subtask?.next_run ?? null;
      return { to: 'pending', reason, nextRun: before && { ...before, notBefore: null } };
    }
    const where = path === null ? '' : ` Its work is kept in ${path}.`;
    return {
      to: 'needs_attention',
      reason: `Its run was interrupted after the agent had received the prompt.${where} Resume it, start it again, or accept what is there.`,
    };
  }

  private async hasFinished(runId: string): Promise<boolean> {
    const last = await this.store.query(events.lastOfType, { runId, type: 'turn_complete' });
    const told = z.object({ outcome: z.string() }).safeParse(last?.payload);
    return told.success && told.data.outcome === 'completed';
  }
}

/**
 * The next run of a subtask whose run was interrupted: it goes on where that one was. `isResolving`:
 * a conflict was being resolved there.
 */
export function resumptionOf(run: RunRow, isResolving = false): NextRun {
  return {
    because: 'resume',
    specId: run.agent_spec_id,
    continues: run.id,
    closeOut: false,
    notBefore: null,
    ...(isResolving || hasConflict(run) ? { resolvesConflict: true } : {}),
    guidance: hasConflict(run) ? run.error : null,
  };
}

/** The row as the engine left it: a kill can fall between a row and its event. */
function foundOf(run: RunRow) {
  return {
    version: run.agent_version,
    model: run.model,
    session: run.agent_session,
    base: run.base_commit,
    branch: run.branch_name,
    path: run.worktree_path,
    head: run.head_commit,
    merge: run.merge_commit,
    turns: run.turns_used,
    tokensIn: run.tokens_in,
    tokensOut: run.tokens_out,
    costMicros: run.cost_micros,
    pausedMs: run.paused_ms,
  };
}
