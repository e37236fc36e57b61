import { Worker } from 'node:worker_threads';
import { messageOf } from '../model/errors';
import type { FromWorker, ToWorker, WorkerSettings } from './messages';
import { received } from './messages';
import type { Diagnosis } from './sqlite/sqlite-error';

/** What runs in the store's thread: `dist/store-worker.js`, or its source with a loader. */
export interface WorkerProgram {
  file: string;
  execArgv?: string[];
}

export interface WorkerHandlers {
  onOpened(message: Extract<FromWorker, { kind: 'opened' }>): void;
  onAnswers(message: Extract<FromWorker, { kind: 'answers' }>): void;
  onWarning(message: string, error: Error): void;
  /** The thread is of no more use. Called once, unless it was asked to close. */
  onEnded(diagnosis: Diagnosis, error: Error): void;
}

/** One thread of the store, from its start to its end. */
export class WorkerConnection {
  private readonly worker: Worker;
  private readonly exited: Promise<void>;
  private over = false;

  constructor(
    program: WorkerProgram,
    settings: WorkerSettings,
    private readonly handlers: WorkerHandlers,
  ) {
    this.worker = new Worker(program.file, {
      name: 'store',
      workerData: settings,
      ...(program.execArgv && { execArgv: program.execArgv }),
    });
    this.worker.on('message', (message: FromWorker) => this.receive(message));
    this.worker.on('error', (error: unknown) => this.crashed(messageOf(error)));
    this.exited = new Promise((resolve) => {
      this.worker.once('exit', (code) => {
        this.crashed(`it exited with code ${code}`);
        resolve();
      });
    });
  }

  /** Throws when the message cannot be cloned. */
  post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /** Lets everything that was posted be answered, then closes the database. */
  async close(): Promise<void> {
    this.post({ kind: 'close' });
    this.over = true;
    await this.exited;
  }

  private receive(message: FromWorker): void {
    switch (message.kind) {
      case 'opened': {
        this.handlers.onOpened(message);
        return;
      }
      case 'answers': {
        this.handlers.onAnswers(message);
        return;
      }
      case 'warning': {
        this.handlers.onWarning(message.message, received(message.error));
        return;
      }
      case 'refused': {
        this.ended('statement', received(message.error));
        return;
      }
      case 'failed': {
        this.ended(message.diagnosis, received(message.error));
        return;
      }
    }
  }

  private crashed(how: string): void {
    this.ended('disk', new Error(`the store's thread failed: ${how}`));
  }

  private ended(diagnosis: Diagnosis, error: Error): void {
    if (this.over) return;
    this.over = true;
    this.handlers.onEnded(diagnosis, error);
  }
}
