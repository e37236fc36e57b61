import { z } from 'zod';
import { messageOf, RunsheetError } from '../model/errors';
import { events } from '../store/repositories/events';
import { runs } from '../store/repositories/runs';
import type { RunWorktree } from '../workspaces/workspace';
import { AgentWork } from './agent-work';
import type { Assignment, RunServices } from './assignment';
import { beginMerge, resolvesConflict } from './conflict-run';
import { followUp, type FollowUp } from './follow-up';
import { guidanceOf } from './guidance';
import { Pausing } from './pausing';
import { Proof } from './proof';
import { abandoned, type RunControl } from './run-control';
import {
  attention,
  cancelled,
  denied,
  endedBy,
  isTrouble,
  masked,
  overBudget,
  timedOut,
  unproven,
  type RunEnd,
} from './run-end';
import { RunRecord } from './run-record';
import { SetUpFailed, setUpCode } from './set-up';
import { hasProvider } from '../agents/known-agents';
import type { VerificationResult } from './verifier';

/** What the agent left to look at, and what keeps it from passing whatever its checks say. */
interface Work {
  timedOut: 'silence' | 'total' | null;
  overBudget: string | null;
  denials: number;
}

const turnSchema = z.object({ denials: z.int() });
const untouched: Work = { timedOut: null, overBudget: null, denials: 0 };

/**
 * One run from its worktree to its end: agent, commit, checks, merge, checks on the merged tree.
 * Ends its row in every case; after each wait it looks whether it was asked to stop.
 */
export class RunLifecycle {
  private readonly runId: string;
  private readonly record: RunRecord;
  private worktree: RunWorktree | null = null;
  private proof: Proof | null = null;
  private hasBegun = false;

  constructor(
    private readonly assignment: Assignment,
    private readonly services: RunServices,
    private readonly control: RunControl,
  ) {
    this.runId = assignment.run.id;
    const { store, recorder } = services;
    this.record = new RunRecord(this.runId, assignment.run.subtask_id, store, recorder);
  }

  /** Never rejects but for a store that is gone. */
  async carryOut(): Promise<RunEnd> {
    let end: RunEnd;
    try {
      end = await this.attempt();
    } catch (error) {
      if (RunsheetError.is(error, 'ownership_lost')) throw error;
      end = this.isStopped() ? cancelled : this.brokenBy(error);
    }
    // The next engine finds the row live, and decides as after a crash what may be started again.
    if (this.control.signal.reason !== abandoned) await this.finish(end);
    return end;
  }

  private async attempt(): Promise<RunEnd> {
    const { assignment, services, control, record } = this;
    await record.step('spawning');
    const { worktree, isNew } = await this.openWorktree();
    this.worktree = worktree;
    const { baseCommit: base, branch, path } = worktree;
    // Durable before anything is spawned: a crash from here on finds the processes by the marker.
    await record.step('spawning', {
      base_commit: base,
      branch_name: branch,
      worktree_path: path,
      process_marker: this.runId,
    });
    await record.event('worktree_opened', { base, branch, path, continues: !isNew });
    if (this.isStopped()) return cancelled;
    const proof = new Proof(assignment, services, control, record, worktree);
    this.proof = proof;
    if (assignment.startedBy?.closeOut === true) {
      // Its agent had finished: only what it left is looked at.
      await record.step('running');
      return this.prove(proof, { ...untouched, denials: await this.deniedBefore() });
    }
    const work = new AgentWork(assignment, services, control, record);
    work.refuseUnapproved();
    const folder = proof.folderIn(worktree.path);
    // One that failed is done again.
    const isSetUp = !isNew && assignment.previous?.error_code !== setUpCode;
    await control.pause.whenGoing(control.signal);
    if (!isSetUp && !this.isStopped()) await proof.setUp(proof.contextOf(folder));
    await control.pause.whenGoing(control.signal);
    if (this.isStopped()) return cancelled;
    const left = await work.carryOut(worktree, folder);
    if (left.kind === 'cancelled' || this.isStopped()) return cancelled;
    if (left.kind === 'end') {
      this.hasBegun = left.hasBegun;
      return left.end;
    }
    return this.prove(proof, left);
  }

  /** Its own, or the one that the run before it left. */
  private async openWorktree(): Promise<{ worktree: RunWorktree; isNew: boolean }> {
    const { assignment, record, control } = this;
    const { branch, previous, subtask, startedBy } = assignment;
    const { worktree_path: path, branch_name: name, base_commit: base } = previous ?? {};
    if (path && name && base) {
      const found = await branch.findRunWorktree(path, name, base);
      const takesIn = resolvesConflict(assignment) && startedBy?.because === 'resume';
      if (found !== null && takesIn)
        return { worktree: await beginMerge(found, assignment, record), isNew: false };
      if (found !== null) return { worktree: found, isNew: false };
    }
    const request = { name: `${subtask.id}-${this.runId.slice(-8)}`, signal: control.signal };
    return { worktree: await branch.openRunWorktree(request), isNew: true };
  }

  /** What the agent was denied in the run that is closed out. */
  private async deniedBefore(): Promise<number> {
    const { previous } = this.assignment;
    if (previous === null) return 0;
    const asked = { runId: previous.id, type: 'turn_complete' };
    const told = await this.services.store.query(events.lastOfType, asked);
    return turnSchema.safeParse(told?.payload).data?.denials ?? 0;
  }

  /** Commits what the agent left and has it checked; merges it when it passed. */
  private async prove(proof: Proof, work: Work): Promise<RunEnd> {
    const { control, record } = this;
    await this.untilGoing();
    if (this.isStopped()) return cancelled;
    await record.step('verifying', {}, { to: 'in_review' });
    // From here on its checks stand still with it.
    using pausing = this.pausing();
    pausing.look();
    try {
      const commit = await proof.commit();
      if (this.isStopped()) return cancelled;
      const torn = await proof.unresolved(commit);
      if (torn !== null) return torn;
      const forbidden = await proof.forbiddenChange();
      if (forbidden !== null) return forbidden;
      const checked = await proof.verifyWorktree(commit);
      await control.pause.whenGoing(control.signal);
      if (this.isStopped()) return cancelled;
      return await this.mergeWhenPassed(proof, work, checked, commit);
    } finally {
      await pausing.settled();
    }
  }

  private async mergeWhenPassed(
    proof: Proof,
    work: Work,
    checked: VerificationResult,
    commit: string,
  ): Promise<RunEnd> {
    if (work.overBudget !== null) return overBudget(work.overBudget, checked);
    if (work.timedOut !== null) return timedOut(work.timedOut, checked);
    if (work.denials > 0) return denied(checked);
    if (checked.verdict !== 'passed') return endedBy(checked);
    return (await proof.merge(commit)) ?? cancelled;
  }

  /** A pause that came with the agent's end: nothing of the run's state changes before it is over. */
  private async untilGoing(): Promise<void> {
    const { pause, signal } = this.control;
    while (pause.isPaused && !signal.aborted) {
      using pausing = this.pausing();
      pausing.look();
      await pause.whenGoing(signal);
      await pausing.settled();
    }
  }

  /** Writes down when the run stands still; that is not its time. */
  private pausing(): Pausing {
    const { store, clock, log } = this.services;
    return new Pausing(this.record, this.control.pause, store, clock, log);
  }

  private async finish(given: RunEnd): Promise<void> {
    const { assignment, services, record, runId } = this;
    const isAgent = hasProvider(assignment.definition);
    const end = masked(isAgent ? given : { ...given, trouble: null });
    const after = await this.followUpOf(end);
    await this.tellHealth(end, isAgent);
    if (after.retryInMs !== null) {
      const { because = null } = after.subtask.nextRun ?? {};
      await record.event('retry_scheduled', { because, inMs: after.retryInMs });
    }
    const { subtask: _subtask, trouble, ...told } = end;
    const row = await services.store.query(runs.byId, runId);
    const used = {
      turns: row.turns_used,
      tokensIn: row.tokens_in,
      tokensOut: row.tokens_out,
      costMicros: row.cost_micros,
      pausedMs: row.paused_ms,
    };
    const reason = end.error ?? end.stopReason;
    const payload = { ...told, reason, trouble: trouble?.kind ?? null, used };
    await record.event(end.outcome, payload);
    await services.store.command(
      runs.end,
      {
        runId,
        ...told,
        subtask: { subtaskId: assignment.run.subtask_id, ...after.subtask },
        escalation: after.escalation,
      },
      { actor: 'engine', key: `end ${runId}` },
    );
    // Only proven work is cleared away; everything else stays for the person to look at.
    if (after.subtask.to === 'done') await this.clearWorktree();
  }

  private async followUpOf(end: RunEnd): Promise<FollowUp> {
    const { assignment, services, runId } = this;
    const rows = await services.store.query(runs.ofSubtask, assignment.run.subtask_id);
    const chain = rows.map((row) => ({
      startedBecause: row.started_because,
      counts: row.id === runId ? end.countsAsAttempt : row.counts_as_attempt,
      hadTrouble: row.id === runId ? end.trouble !== null : isTrouble(row),
    }));
    // What conflicts with the branch's newest state has to be done on it.
    const isOutdated = this.proof?.isOutdated === true;
    return followUp({
      end,
      runId,
      startedBy: assignment.startedBy,
      specId: assignment.run.agent_spec_id,
      acceptance: assignment.spec.acceptance,
      fallbackSpecId: assignment.fallbackSpecId,
      chain,
      attemptLimit: assignment.attemptLimit,
      guidance: this.guidance(end),
      conflict: this.proof?.conflict ?? null,
      canContinue: this.worktree !== null && !isOutdated && (end.trouble === null || this.hasBegun),
      now: services.clock.now(),
      random: services.random(),
    });
  }

  private guidance(end: RunEnd): string | null {
    const { last } = this.proof ?? { last: null };
    return (last === null ? null : guidanceOf(last)) ?? end.error;
  }

  private async tellHealth(end: RunEnd, isAgent: boolean): Promise<void> {
    const { services, assignment } = this;
    const { key } = assignment.definition;
    if (!isAgent) return;
    if (end.trouble !== null) await services.health.troubled(key, end.trouble, end.error ?? '');
    else if (end.outcome === 'completed') await services.health.worked(key);
  }

  private async clearWorktree(): Promise<void> {
    try {
      await this.worktree?.removeIfMerged();
    } catch (error) {
      this.services.log.warn('a worktree could not be removed', { reason: messageOf(error) });
    }
  }

  private isStopped(): boolean {
    return this.control.signal.aborted;
  }

  private brokenBy(error: unknown): RunEnd {
    const code = codeOf(error);
    if (code === 'internal') this.services.log.error(`run ${this.runId} failed inside`, error);
    const reason = messageOf(error).slice(0, 500);
    return {
      ...unproven('failed', code, reason),
      countsAsAttempt: false,
      subtask: attention(reason),
    };
  }
}

function codeOf(error: unknown): string {
  if (error instanceof SetUpFailed) return setUpCode;
  return RunsheetError.is(error) ? error.code : 'internal';
}
