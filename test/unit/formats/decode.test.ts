import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  decodeFile,
  decodePlan,
  encodeFile,
  keptBytesIn,
  maxPlanBytes,
} from '../../../src/formats/decode';

function refusal(bytes: Uint8Array): string {
  const { problem } = decodeFile(bytes);
  return `${problem?.rule ?? 'read'} ${problem?.line ?? ''}`.trim();
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('decodeFile', () => {
  it('gives back every byte of what it decodes, byte order mark and line ends included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, mark) => {
        const original = bytes((mark ? '\uFEFF' : '') + text.replaceAll('\0', '\r\n') + '\n');
        const decoded = decodeFile(original);
        assert.ok(decoded.text !== null);
        assert.deepEqual(encodeFile(decoded.text), original);
      }),
    );
  });

  it('keeps the byte order mark in the text, so that offsets lead back to bytes', () => {
    assert.equal(decodeFile(bytes('\uFEFF# T')).text, '\uFEFF# T');
  });

  it('refuses an empty file', () => {
    assert.equal(refusal(new Uint8Array()), 'empty-file 1');
  });

  it('names the first line that is no UTF-8', () => {
    assert.equal(refusal(Buffer.from([0x61, 0x0a, 0x62, 0x0a, 0xc3, 0x28, 0x0a])), 'not-utf8 3');
    assert.equal(refusal(Buffer.from([0x61, 0x0a, 0xe2, 0x82])), 'not-utf8 2');
  });

  it('recognises UTF-16 by its mark', () => {
    assert.equal(refusal(Buffer.from('\uFEFF# Plan', 'utf16le')), 'not-utf8 1');
  });

  it('refuses NUL bytes and says where', () => {
    assert.equal(refusal(bytes('a\nb\0c')), 'not-text 2');
  });

  it('reads 5 MiB and refuses more than 20 MiB', () => {
    assert.equal(decodeFile(new Uint8Array(5 * 1024 * 1024).fill(0x61)).problem, null);
    assert.equal(refusal(new Uint8Array(maxPlanBytes + 1).fill(0x61)), 'file-too-large 1');
  });

  it('finds the line of a late bad byte in a large file quickly', () => {
    const large = new Uint8Array(1024 * 1024).fill(0x0a);
    large[large.length - 1] = 0xff;
    assert.equal(refusal(large), `not-utf8 ${large.length}`);
  }).timeout(20_000);
});

describe('decodePlan', () => {
  it('keeps bytes that are no UTF-8, and gives each back', () => {
    const piece = fc.oneof(
      fc.uint8Array({ min: 1, maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 4 }).map((text) => bytes(text.replaceAll('\0', ' '))),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (parts) => {
        const original = Uint8Array.from([0x61, ...parts.flatMap((part) => [...part])]);
        const { text } = decodePlan(original);
        assert.ok(text !== null);
        assert.deepEqual(encodeFile(text), original);
        assert.equal(keptBytesIn(text) < 0, decodeFile(original).problem === null);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads what stands beside them', () => {
    const { text } = decodePlan(Uint8Array.from([...bytes('- [ ] 1. '), 0xe9, ...bytes(' ü\n')]));
    assert.equal(text, '- [ ] 1. \udce9 ü\n');
  });

  it('still refuses UTF-16 and NUL bytes', () => {
    assert.equal(decodePlan(Buffer.from('\uFEFF# Plan', 'utf16le')).problem?.rule, 'not-utf8');
    assert.equal(decodePlan(bytes('a\0')).problem?.rule, 'not-text');
  });
});
