import { z } from 'zod';

/** A request of a client to the engine; both ends parse with the same schemas. */
export interface RequestDefinition<P, R> {
  readonly method: string;
  readonly params: z.ZodType<P>;
  readonly result: z.ZodType<R>;
}

/** A message without an answer. */
export interface NotificationDefinition<P> {
  readonly method: string;
  readonly params: z.ZodType<P>;
}

export function request<P, R>(
  method: string,
  params: z.ZodType<P>,
  result: z.ZodType<R>,
): RequestDefinition<P, R> {
  return { method: `runsheet/${method}`, params, result };
}

export const nothing = z.object({});
/** An id of ours, or a name that stands for one. */
export const idSchema = z.string().min(1).max(200);
/** A person's words that are kept with a decision. */
export const reasonSchema = z.string().trim().max(4000);
