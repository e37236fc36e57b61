import type { RunState } from '../model/status';
import { runs, type RunFields } from '../store/repositories/runs';
import type { StatusStep } from '../store/repositories/subtasks';
import type { Store } from '../store/store';
import type { Recorder } from './recorder';

/** One run's row and story, as the engine writes them. */
export class RunRecord {
  constructor(
    readonly runId: string,
    private readonly subtaskId: string,
    private readonly store: Store,
    private readonly recorder: Recorder,
  ) {}

  async step(
    to: Exclude<RunState, 'queued' | 'ended'>,
    fields: RunFields = {},
    subtask?: Omit<StatusStep, 'subtaskId'>,
  ): Promise<void> {
    const { runId, subtaskId } = this;
    const moves = subtask === undefined ? {} : { subtask: { subtaskId, ...subtask } };
    await this.store.command(runs.step, { runId, to, fields, ...moves }, { actor: 'engine' });
  }

  async update(fields: RunFields): Promise<void> {
    await this.store.command(runs.update, { runId: this.runId, fields }, { actor: 'engine' });
  }

  async event(
    type: string,
    payload: Readonly<Record<string, unknown>>,
    actor = 'engine',
  ): Promise<void> {
    await this.recorder.event(this.runId, type, payload, { actor });
  }
}
