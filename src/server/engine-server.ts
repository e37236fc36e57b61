import type { Hello } from '../protocol/handshake';
import type { Executor } from '../runs/executor';
import type { EditorDocuments } from './editor-documents';
import type { Door } from './door';
import type { EngineContext } from './engine-context';
import { IdleWatch } from './idle';
import { PlanWatcher } from './plan-watcher';
import { Session } from './session';
import type { Socket } from 'node:net';

/** The engine's clients, and its end when it is not needed any more. */
export class EngineServer {
  private readonly sessions = new Set<Session>();
  private readonly idle: IdleWatch;
  private readonly watcher: PlanWatcher;
  private readonly updates: readonly Disposable[];

  constructor(
    private readonly context: EngineContext,
    private readonly documents: EditorDocuments,
    work: Pick<Executor, 'isBusy' | 'onRest'>,
    /** An engine without clients and runs ends after this. */
    idleMs: number,
  ) {
    const { clock, state, library, workspace, log } = context;
    const isNeeded = () => this.sessions.size > 0 || work.isBusy();
    this.idle = new IdleWatch(clock, idleMs, isNeeded, () => context.shutDown());
    this.watcher = new PlanWatcher(workspace, library, clock, log);
    this.updates = [
      state.onUpdate(() => this.idle.look()),
      // What ends last tells nothing to the state any more.
      work.onRest(() => this.idle.look()),
    ];
  }

  get clients(): number {
    return this.sessions.size;
  }

  open(door: Door): void {
    door.open((socket, hello) => this.admit(socket, hello));
    this.idle.look();
  }

  /** The connections themselves end with the door. */
  close(): void {
    for (const subscription of this.updates) subscription[Symbol.dispose]();
    this.idle[Symbol.dispose]();
    this.watcher[Symbol.dispose]();
    for (const session of this.sessions) session.close();
  }

  private admit(socket: Socket, hello: Hello): void {
    const onTrusted = () => {
      const { gatekeeper, desks, runs } = this.context;
      Promise.all([gatekeeper.trust(), desks.triggers.trust(), runs.resume()]).catch(
        (error: unknown) => {
          this.context.log.error('what was going on could not be resumed', error);
        },
      );
    };
    const onClosed = (session: Session) => {
      this.sessions.delete(session);
      this.idle.look();
    };
    const session = new Session(socket, hello, this.context, this.documents, onTrusted, onClosed);
    this.sessions.add(session);
    this.idle.look();
  }
}
