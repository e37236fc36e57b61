import { messageOf, RunsheetError } from '../model/errors';

/** The one line by which an engine tells its starter how the start went. */
export function startLine(error: unknown): string {
  const code = RunsheetError.is(error) ? error.code : 'internal';
  return error === null ? 'ready\n' : `failed ${code} ${messageOf(error).replace(/\s+/g, ' ')}\n`;
}
