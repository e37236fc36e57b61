import type { Connection } from './connection';

/** The aggregates that the change feed names. */
export type Entity =
  | 'plan'
  | 'phase'
  | 'subtask'
  | 'plan_execution'
  | 'agent_spec'
  | 'run'
  | 'event'
  | 'artifact'
  | 'verification'
  | 'claim'
  | 'gate'
  | 'permission_request'
  | 'command_approval'
  | 'agent_state'
  | 'escalation'
  | 'rejection'
  | 'routing_rule'
  | 'trigger'
  | 'trigger_firing'
  | 'budget'
  | 'hold'
  | 'project_configuration'
  | 'work_item'
  | 'vendor'
  | 'deployment'
  | 'enhancement'
  | 'plan_note'
  | 'import';

/** Something that a committed command changed. For `event`, `id` is the run's. */
export interface Change {
  entity: Entity;
  id: string;
}

/** What a command sees while it runs inside its savepoint. */
export interface Transaction extends Connection {
  /** The time that the engine gave the command, as stored. */
  readonly now: string;
  /** Who asked: `person:<name>`, `client:<name>`, `run:<id>`, `engine`, `import:<file>`. */
  readonly actor: string;
  newId(): string;
  /** Tells the change feed, once the transaction is durable. */
  changed(entity: Entity, id: string): void;
}

/**
 * A write. It runs in the store's thread, in a savepoint of its own: it happens whole or not at
 * all, whatever its neighbours in the same transaction do. Input and output survive a structured
 * clone.
 */
export interface Command<I, O> {
  readonly kind: 'command';
  readonly name: string;
  readonly apply: (tx: Transaction, input: I) => O;
}

/** A read. It runs between transactions and sees only what is durable. */
export interface Query<I, O> {
  readonly kind: 'query';
  readonly name: string;
  readonly read: (db: Connection, input: I) => O;
}

/** A command or query whose input and output only its sender knows. */
export type AnyCommand = Command<never, unknown>;
export type AnyQuery = Query<never, unknown>;

export function command<I, O>(
  name: string,
  apply: (tx: Transaction, input: I) => O,
): Command<I, O> {
  return { kind: 'command', name, apply };
}

export function query<I, O>(name: string, read: (db: Connection, input: I) => O): Query<I, O> {
  return { kind: 'query', name, read };
}
