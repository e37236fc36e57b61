/** The memory of a WebAssembly instance, read and written as SQLite's C code does (little-endian). */
export class WasmMemory {
  private view: DataView;
  private array: Uint8Array;

  constructor(private readonly memory: { readonly buffer: ArrayBuffer }) {
    this.view = new DataView(memory.buffer);
    this.array = new Uint8Array(memory.buffer);
  }

  /** Valid until the memory grows, so never kept across a call into WebAssembly. */
  get bytes(): Uint8Array {
    this.refresh();
    return this.array;
  }

  get size(): number {
    return this.memory.buffer.byteLength;
  }

  uint32(address: number): number {
    this.refresh();
    return this.view.getUint32(address, true);
  }

  setUint32(address: number, value: number): void {
    this.refresh();
    this.view.setUint32(address, value, true);
  }

  setUint64(address: number, value: number): void {
    this.refresh();
    this.view.setBigUint64(address, BigInt(value), true);
  }

  // Growing the memory detaches the old buffer.
  private refresh(): void {
    if (this.view.buffer === this.memory.buffer) return;
    this.view = new DataView(this.memory.buffer);
    this.array = new Uint8Array(this.memory.buffer);
  }
}
