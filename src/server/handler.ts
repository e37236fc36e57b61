import { z } from 'zod';
import { RunsheetError } from '../model/errors';
import type { RequestDefinition } from '../protocol/request';

/** Who asks, as the connection knows them. */
export interface Caller {
  /** `person:<name>`, or `run:<id>` for a client that a run started. */
  actor: string;
  trusted: boolean;
}

export interface Handler {
  readonly method: string;
  /** Parses, acts, and gives what the schema of the answer lets through. */
  handle(params: unknown, caller: Caller): Promise<unknown>;
}

export type Act<P, R> = (params: P, caller: Caller) => Promise<R> | R;

/** A handler for what the definition says. */
export function handler<P, R>(definition: RequestDefinition<P, R>, act: Act<P, R>): Handler {
  return {
    method: definition.method,
    handle: async (params, caller) => {
      return definition.result.parse(await act(paramsOf(definition, params), caller));
    },
  };
}

/** @throws RunsheetError `validation` that says what is not as the definition wants it. */
export function paramsOf<P, R>(definition: RequestDefinition<P, R>, params: unknown): P {
  const parsed = definition.params.safeParse(params ?? {});
  if (parsed.success) return parsed.data;
  throw new RunsheetError('validation', z.prettifyError(parsed.error), {
    method: definition.method,
  });
}

/** For everything that lets a command of a plan or an agent run. */
export function trusting<P, R>(act: Act<P, R>): Act<P, R> {
  return (params, caller) => {
    if (!caller.trusted) {
      throw new RunsheetError(
        'not_trusted',
        'Nothing is run in a workspace that is not trusted. Trust it first.',
      );
    }
    return deciding(act)(params, caller);
  };
}

/** For every decision that only a person may take. */
export function deciding<P, R>(act: Act<P, R>): Act<P, R> {
  return (params, caller) => {
    if (!caller.actor.startsWith('person:')) {
      throw new RunsheetError('forbidden', 'A program that a run has started decides nothing.');
    }
    return act(params, caller);
  };
}
