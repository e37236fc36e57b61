import type { NotificationDefinition, RequestDefinition } from '../../protocol/request';
import type { Ending } from '../lifetime';

/** One living connection to an engine. */
export interface EngineSession {
  /** @throws RunsheetError as the engine answered it. */
  request<P, R>(definition: RequestDefinition<P, R>, params: P): Promise<R>;
  notify<P>(definition: NotificationDefinition<P>, params: P): Promise<void>;
  /** Notifications that do not fit their schema are dropped. */
  on<P>(definition: NotificationDefinition<P>, listener: (params: P) => void): Ending;
  /** Resolves when the connection is over, whoever ended it. Never rejects. */
  readonly closed: Promise<void>;
  dispose(): Promise<void>;
}
