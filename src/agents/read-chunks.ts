import type { Readable } from 'node:stream';
import { errorCode } from '../platform/files';

/** A program that prints faster than the host takes events is held back at so many. */
export const mostWaiting = 64;

/** Hands over the chunks of a program's output one by one; a stream torn down just ends. */
export async function readChunks(
  stream: Readable,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of stream) {
      if (chunk instanceof Uint8Array) await take(chunk);
    }
  } catch (error) {
    // The system's errors mean that the stream is gone: something that escaped kept it open.
    if (errorCode(error) === null) throw error;
  }
}
