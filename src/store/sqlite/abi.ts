// Numbers of SQLite's C interface (sqlite3.h), which SQLite promises never to change.

/** Result codes. The second byte of an extended code says more about the first. */
export const Result = {
  ok: 0,
  noMemory: 7,
  full: 13,
  cantOpen: 14,
  notFound: 12,
  corrupt: 11,
  notADatabase: 26,
  ioError: 10,
  ioErrorRead: 10 | (1 << 8),
  ioErrorShortRead: 10 | (2 << 8),
  ioErrorWrite: 10 | (3 << 8),
  ioErrorSync: 10 | (4 << 8),
  ioErrorTruncate: 10 | (6 << 8),
  ioErrorSize: 10 | (7 << 8),
  ioErrorDelete: 10 | (10 << 8),
  ioErrorAccess: 10 | (13 << 8),
  ioErrorClose: 10 | (16 << 8),
  ioErrorDeleteNoEntry: 10 | (23 << 8),
} as const;

/** Flags of `xOpen`. */
export const Open = {
  readOnly: 0x1,
  readWrite: 0x2,
  create: 0x4,
  exclusive: 0x10,
  mainDatabase: 0x100,
} as const;

/** Question of `xAccess`. */
export const Access = { exists: 0, readWrite: 1 } as const;

/** Flag of `xSync`: the file's size and times need not be on the disk. */
export const syncDataOnly = 0x10;

/**
 * Answer of `xDeviceCharacteristics`: a write changes no byte outside its range even when power
 * fails in the middle of it (what SQLite assumes of every Unix disk).
 */
export const powersafeOverwrite = 0x1000;

/** Offsets in `struct sqlite3_vfs` with 32-bit pointers. */
export const Vfs = {
  version: 0,
  fileSize: 4,
  maxPathname: 8,
  name: 16,
  open: 24,
  delete: 28,
  access: 32,
  fullPathname: 36,
  size: 88,
} as const;
