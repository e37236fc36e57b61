import type { RunsheetError } from '../../src/model/errors';
import { changed, subscribe } from '../../src/protocol/messages';
import type { NotificationDefinition, RequestDefinition } from '../../src/protocol/request';
import { deltaSchema, type Delta } from '../../src/protocol/views';
import type { EngineSession } from '../../src/ui/engine/engine-session';

type Answer = (params: unknown) => unknown;

/** A connection to an engine that answers what a test tells it to. */
export class FakeSession implements EngineSession {
  readonly closed: Promise<void>;
  readonly asked: { method: string; params: unknown }[] = [];
  readonly told: { method: string; params: unknown }[] = [];
  disposed = false;
  private close: () => void = () => undefined;
  private readonly answers = new Map<string, Answer>();
  private readonly listeners = new Map<string, (params: unknown) => void>();

  constructor(snapshot: Partial<Delta> = {}) {
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
    this.answer(subscribe, () => deltaSchema.parse(snapshot));
  }

  answer<P, R>(definition: RequestDefinition<P, R>, answer: Answer): void {
    this.answers.set(definition.method, answer);
  }

  refuse<P, R>(definition: RequestDefinition<P, R>, error: RunsheetError): void {
    this.answers.set(definition.method, () => {
      throw error;
    });
  }

  push(delta: Partial<Delta>): void {
    this.listeners.get(changed.method)?.(deltaSchema.parse(delta));
  }

  die(): void {
    this.close();
  }

  async request<P, R>(definition: RequestDefinition<P, R>, params: P): Promise<R> {
    this.asked.push({ method: definition.method, params });
    return definition.result.parse(this.answers.get(definition.method)?.(params));
  }

  async notify<P>(definition: NotificationDefinition<P>, params: P): Promise<void> {
    this.told.push({ method: definition.method, params });
  }

  on<P>(definition: NotificationDefinition<P>, listener: (params: P) => void) {
    this.listeners.set(definition.method, (raw) => listener(definition.params.parse(raw)));
    return { dispose: () => this.listeners.delete(definition.method) };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.close();
  }
}
