import assert from 'node:assert/strict';
import { RunsheetError, type ErrorCode } from '../../src/model/errors';

/** That it is refused with this code, and with a message that says why. */
export async function refused(
  code: ErrorCode,
  work: Promise<unknown>,
  message = /./,
): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(RunsheetError.is(error, code), String(error));
    assert.match(error.message, message);
    return true;
  });
}
