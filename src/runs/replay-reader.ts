import { messageOf } from '../model/errors';
import { replay, type Replay, type ToldEvent } from '../model/replay';
import {
  differences,
  type Difference,
  type RunFacts,
  type RunRecordFacts,
} from '../model/run-facts';
import { artifacts, events, type EventRow } from '../store/repositories/events';
import { permissions } from '../store/repositories/permissions';
import { runs, type RunRow } from '../store/repositories/runs';
import { verifications } from '../store/repositories/verifications';
import type { Store } from '../store/store';
import type { Recorder } from './recorder';

/** A run as its events tell it, beside the run as it is stored. */
export interface ReplayedRun {
  told: Replay;
  stored: RunRecordFacts;
  /** With those of `told`: what cannot be rebuilt any more. */
  gaps: string[];
  differences: Difference[];
}

const pageSize = 500;

/** Rebuilds runs from their events and compares them with their rows. */
export class ReplayReader {
  constructor(
    private readonly store: Store,
    private readonly recorder: Pick<Recorder, 'read'>,
  ) {}

  /** Errors: `not_found`. */
  async read(runId: string): Promise<ReplayedRun> {
    const row = await this.store.query(runs.byId, runId);
    const gaps: string[] = [];
    const told = replay(await this.story(runId, gaps));
    const stored = await this.stored(row);
    gaps.push(...told.gaps, ...(await this.missingArtifacts(runId)));
    if (stored.run.state === 'ended' && told.run.state !== 'ended')
      gaps.push('The run has ended, and no event says how.');
    return { told, stored, gaps, differences: differences(told, stored) };
  }

  private async story(runId: string, gaps: string[]): Promise<ToldEvent[]> {
    const story: ToldEvent[] = [];
    for (let after = 0; ;) {
      const page = await this.store.query(events.page, { runId, after, limit: pageSize });
      for (const row of page) {
        story.push({
          sequence: row.sequence,
          type: row.event_type,
          payload: await this.payloadOf(row, gaps),
        });
        after = row.sequence;
      }
      if (page.length < pageSize) return story;
    }
  }

  /** What did not fit into the row is kept beside it; the row's own part holds what it added. */
  private async payloadOf(row: EventRow, gaps: string[]): Promise<unknown> {
    if (row.artifact_id === null) return row.payload;
    try {
      const whole = await this.recorder.read(row.artifact_id);
      if (whole !== null) return Object.assign({}, row.payload, JSON.parse(whole));
      gaps.push(`What event ${row.sequence} (${row.event_type}) told in full was cleared away.`);
    } catch {
      // Told with the other artifacts of the run.
    }
    return row.payload;
  }

  /** What was cleared away after its time is missing by decision, and told where it matters. */
  private async missingArtifacts(runId: string): Promise<string[]> {
    const missing: string[] = [];
    for (const { id, artifact_type: type, storage } of await this.store.query(
      artifacts.ofRun,
      runId,
    )) {
      if (storage !== 'file') continue;
      try {
        await this.recorder.read(id);
      } catch (error) {
        missing.push(`An artifact (${type}) cannot be read: ${messageOf(error)}`);
      }
    }
    return missing;
  }

  private async stored(row: RunRow): Promise<RunRecordFacts> {
    const records = await this.store.query(verifications.ofRun, row.id);
    return {
      run: factsOf(row),
      verifications: records.map(({ verification, results }) => ({
        id: verification.id,
        tree: verification.tree,
        commit: verification.commit_hash,
        verdict: verification.verdict,
        checks: results.map(({ outcome }) => outcome),
      })),
      permissions: await this.store.query(permissions.ofRun, row.id),
    };
  }
}

function factsOf(row: RunRow): RunFacts {
  return {
    state: row.state,
    outcome: row.outcome,
    verdict: row.verdict,
    stopReason: row.stop_reason,
    errorCode: row.error_code,
    error: row.error,
    countsAsAttempt: row.counts_as_attempt,
    agent: row.agent_key,
    spec: row.agent_spec_id,
    attempt: row.attempt,
    because: row.started_because,
    version: row.agent_version,
    model: row.model,
    session: row.agent_session,
    base: row.base_commit,
    branch: row.branch_name,
    path: row.worktree_path,
    head: row.head_commit,
    merge: row.merge_commit,
    turns: row.turns_used,
    tokensIn: row.tokens_in,
    tokensOut: row.tokens_out,
    costMicros: row.cost_micros,
    pausedMs: row.paused_ms,
  };
}
