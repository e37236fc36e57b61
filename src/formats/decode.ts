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
  if (isUtf16(bytes))
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

/**
 * The text of a plan file; bytes that are no UTF-8 stay in it, each as a lone surrogate, so that
 * the rest can be read and written. `keptBytesIn` tells of them.
 */
export function decodePlan(bytes: Uint8Array): DecodedFile {
  const decoded = decodeFile(bytes);
  if (decoded.problem?.rule !== 'not-utf8' || isUtf16(bytes)) return decoded;
  return { text: keepBytes(bytes), problem: null };
}

/** The bytes of a text that was decoded: what was not edited comes back byte for byte. */
export function encodeFile(text: string): Uint8Array {
  if (!keptByte.test(text)) return new TextEncoder().encode(text);
  const encoder = new TextEncoder();
  const parts = text.split(/([\uDC80-\uDCFF]+)/u).map((part, index) =>
    // Every second part is what the pattern caught.
    index % 2 === 0
      ? encoder.encode(part)
      : Uint8Array.from(part, (sign) => sign.charCodeAt(0) - keptBase),
  );
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Where the first byte stands that is no UTF-8; -1 where none is. */
export function keptBytesIn(text: string): number {
  return text.search(keptByte);
}

/** The text as people may see it. */
export function withoutKeptBytes(text: string): string {
  return text.replace(/[\uDC80-\uDCFF]/gu, '\uFFFD');
}

// Python calls this surrogateescape: no valid text decodes to these.
const keptByte = /[\uDC80-\uDCFF]/u;
const keptBase = 0xdc00;

function keepBytes(bytes: Uint8Array): string {
  const parts: string[] = [];
  const loose = new TextDecoder('utf-8', { ignoreBOM: true });
  let start = 0;
  for (let at = 0; at < bytes.length;) {
    const length = sequenceAt(bytes, at);
    if (length === 0) {
      parts.push(loose.decode(bytes.subarray(start, at)));
      parts.push(String.fromCharCode(keptBase + (bytes[at] ?? 0)));
      start = at + 1;
    }
    at += Math.max(1, length);
  }
  parts.push(loose.decode(bytes.subarray(start)));
  return parts.join('');
}

/** Bytes of the UTF-8 sequence that begins at a place; 0 where none does. */
function sequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  // Shortest form, no surrogates, nothing above U+10FFFF.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = 2; next < length; next += 1)
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
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
