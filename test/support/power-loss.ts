import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { HostCalls } from '../../src/store/sqlite/host-calls';
import { interceptedCalls } from './host-calls';

type Operation =
  | { kind: 'write'; path: string; position: number; bytes: Buffer }
  | { kind: 'truncate'; path: string; size: number }
  | { kind: 'delete'; path: string }
  | { kind: 'sync'; path: string }
  | { kind: 'acknowledge'; count: number };

/** A disk loses power in pieces of this size. */
const sector = 512;

const writeArguments = z.tuple([
  z.number(),
  z.instanceof(Uint8Array),
  z.number(),
  z.number(),
  z.number(),
]);

/**
 * Records what a database asks of its disk, and then plays what the disk may hold when power fails
 * at any moment: everything synced, and of what came after a file's last sync any pieces at all.
 */
export class RecordedDisk {
  readonly calls: HostCalls;
  private readonly operations: Operation[] = [];
  private readonly before = new Map<string, Buffer | null>();
  private readonly openPaths = new Map<number, string>();

  constructor(private readonly paths: readonly string[]) {
    for (const path of paths) this.before.set(path, existsSync(path) ? readFileSync(path) : null);
    this.calls = interceptedCalls(
      () => undefined,
      (name, args, result) => this.record(name, args, result),
    );
  }

  /** Marks that so many commits were acknowledged by now. */
  acknowledge(count: number): void {
    this.operations.push({ kind: 'acknowledge', count });
  }

  /** Puts the files as a power failure may leave them; returns what was acknowledged before it. */
  failPower(random: () => number): number {
    const cut = 1 + Math.floor(random() * this.operations.length);
    const happened = this.operations.slice(0, cut);
    const share = [0, 0.5, 0.9, 1][Math.floor(random() * 4)] ?? 1;
    for (const path of this.paths) {
      let bytes = this.before.get(path) ?? null;
      happened.forEach((operation, index) => {
        if (operation.kind === 'acknowledge' || operation.path !== path) return;
        const isSafe = isSynced(operation, happened.slice(index + 1));
        bytes = applied(bytes, operation, () => isSafe || random() < share);
      });
      rmSync(path, { force: true });
      if (bytes !== null) writeFileSync(path, bytes);
    }
    return happened.reduce((most, one) => (one.kind === 'acknowledge' ? one.count : most), 0);
  }

  private record(name: string, args: readonly unknown[], result: unknown): void {
    if (name === 'openSync') this.openPaths.set(Number(result), String(args[0]));
    if (name === 'unlinkSync') this.operations.push({ kind: 'delete', path: String(args[0]) });
    const path = this.openPaths.get(Number(args[0]));
    if (path === undefined) return;
    if (name === 'writeSync') {
      const [, buffer, offset, length, position] = writeArguments.parse(args);
      const bytes = Buffer.from(buffer.subarray(offset, offset + length));
      this.operations.push({ kind: 'write', path, position, bytes });
    }
    if (name === 'ftruncateSync') {
      this.operations.push({ kind: 'truncate', path, size: Number(args[1]) });
    }
    if (name === 'fsyncSync' || name === 'fdatasyncSync') {
      this.operations.push({ kind: 'sync', path });
    }
  }
}

/** A file's sync covers its bytes; whether it exists is for a sync of its directory. */
function isSynced(
  operation: Exclude<Operation, { kind: 'acknowledge' }>,
  later: Operation[],
): boolean {
  const { kind, path } = operation;
  const synced = kind === 'delete' ? dirname(path) : path;
  return later.some((other) => other.kind === 'sync' && other.path === synced);
}

function applied(
  bytes: Buffer | null,
  operation: Operation,
  survives: () => boolean,
): Buffer | null {
  switch (operation.kind) {
    case 'delete':
      return survives() ? null : bytes;
    case 'truncate':
      return survives() ? resized(bytes, operation.size) : bytes;
    case 'write':
      return written(bytes, operation.position, operation.bytes, survives);
    case 'sync':
    case 'acknowledge':
      return bytes;
  }
}

function written(
  bytes: Buffer | null,
  position: number,
  piece: Buffer,
  survives: () => boolean,
): Buffer | null {
  let result = bytes;
  const end = position + piece.length;
  for (let from = position; from < end;) {
    const to = Math.min(end, (Math.floor(from / sector) + 1) * sector);
    if (survives()) {
      result = (result?.length ?? 0) < to ? resized(result, to) : result;
      if (result) piece.copy(result, from, from - position, to - position);
    }
    from = to;
  }
  return result;
}

/** A copy of another length; what is new is zero. */
function resized(bytes: Buffer | null, size: number): Buffer {
  const result = Buffer.alloc(size);
  bytes?.copy(result);
  return result;
}
