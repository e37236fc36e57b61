/**
 * Heights of the rows of a long list, of which few are measured and the rest estimated. Finding a
 * row by its offset and the reverse take logarithmic time (a Fenwick tree of the differences to
 * the estimate).
 */
export class RowHeights {
  private readonly measured: number[] = [];
  private tree: number[] = [0];

  constructor(private readonly estimate: number) {}

  get count(): number {
    return this.measured.length;
  }

  get total(): number {
    return this.offsetOf(this.count);
  }

  /** More rows at the end, or fewer: then everything is forgotten. */
  resize(count: number): void {
    if (count < this.count) {
      this.measured.length = 0;
      this.tree = [0];
    }
    while (this.count < count) {
      this.measured.push(this.estimate);
      const node = this.count;
      // A new node covers rows before it: their differences are summed up from its children.
      let sum = 0;
      for (let child = node - 1; child > node - lowestBit(node); child -= lowestBit(child)) {
        sum += this.tree[child] ?? 0;
      }
      this.tree.push(sum);
    }
  }

  /** `true` when the row's height is not what it was. */
  set(row: number, height: number): boolean {
    const difference = height - (this.measured[row] ?? height);
    if (difference === 0) return false;
    this.measured[row] = height;
    for (let node = row + 1; node < this.tree.length; node += lowestBit(node)) {
      this.tree[node] = (this.tree[node] ?? 0) + difference;
    }
    return true;
  }

  /** Where the row begins. */
  offsetOf(row: number): number {
    let sum = row * this.estimate;
    for (let node = row; node > 0; node -= lowestBit(node)) sum += this.tree[node] ?? 0;
    return sum;
  }

  /** The row at the offset; the last one for an offset beyond the end. */
  rowAt(offset: number): number {
    let low = 0;
    let high = Math.max(0, this.count - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.offsetOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowestBit(node: number): number {
  return node & -node;
}
