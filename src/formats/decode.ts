import type { Problem } from '../model/plan';

const mebibyte = 1024 * 1024;
/** Larger files are refused before they are decoded. */
export const maxPlanBytes = 20 * mebibyte;

export type DecodedFile = { text: string; problem: null } | { text: null; problem: Problem };

type Refusal = Extract<DecodedFile, { text: null }>;

function refused(rule: string, line: number, message: string): Refusal {
  return { text: null, problem: { rule, severity: 'error', line, message, range: null } };
}

/** The refusal of a file by its size alone; `null` when it is not too large. */
export function refusedBySize(bytes: number): Refusal | null {
  if (bytes <= maxPlanBytes) return null;
  const size = (bytes / mebibyte).toFixed(1);
  const limit = maxPlanBytes / mebibyte;
  return refused(
    'file-too-large',
    1,
    `The file has ${size} MiB; plans are read up to ${limit} MiB. Split it, or move logs out of it.`,
  );
}

/** The text of a plan file, byte order mark included; or why it cannot be one. */
export function decodeFile(bytes: Uint8Array): DecodedFile {
  if (bytes.length === 0)
    return refused('empty-file', 1, 'The file is empty. Write a plan into it or delete it.');
  const tooLarge = refusedBySize(bytes.length);
  if (tooLarge !== null) return tooLarge;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return refused('not-utf8', 1, 'The file is UTF-16. Save it as UTF-8 and read it again.');
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    return refused(
      'not-text',
      lineAtByte(bytes, zero),
      `The file holds a NUL byte at byte ${zero}: it is no text. Restore it from version control, or remove the byte.`,
    );
  try {
    return { text: decoder().decode(bytes), problem: null };
  } catch {
    return refused(
      'not-utf8',
      firstInvalidLine(bytes),
      'The line holds bytes that are no UTF-8. Save the file as UTF-8 and read it again.',
    );
  }
}

/** The bytes of a text that `decodeFile` gave: what was not edited comes back byte for byte. */
export function encodeFile(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decoder(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

const newline = 0x0a;

function lineAtByte(bytes: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = bytes.indexOf(newline); at >= 0 && at < offset; at = bytes.indexOf(newline, at + 1))
    line += 1;
  return line;
}

function firstInvalidLine(bytes: Uint8Array): number {
  const strict = decoder();
  let line = 1;
  let start = 0;
  // A line end is never a part of a longer UTF-8 sequence, so lines can be decoded one by one.
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    try {
      strict.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    line += 1;
    start = end + 1;
  }
  return line;
}
