import { RunSwitch } from './run-switch';

/** Why a run stops when its engine goes away and leaves it to the next one. */
export const abandoned = Symbol('abandoned');

/** The handle by which a run that was dispatched is stopped or paused from outside. */
export class RunControl {
  readonly pause = new RunSwitch();
  private readonly controller = new AbortController();

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Ends the run; its subtask is pending again. */
  stop(): void {
    this.controller.abort();
  }

  /** The engine goes away: the run is left where it is, for the next engine's recovery. */
  abandon(): void {
    this.controller.abort(abandoned);
  }
}
