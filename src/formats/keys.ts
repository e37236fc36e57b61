/** Gives each item of a plan a key of its own. */
export class Keys {
  private readonly firstLines = new Map<string, number>();
  private readonly ordinals = new Map<string, number>();

  /**
   * The key for `id`: the id itself, or `id#2`, `id#3` … when it is taken.
   * `firstLine` is where the id was first used; `null` for the first use.
   */
  take(id: string, line: number): { key: string; firstLine: number | null } {
    const firstLine = this.firstLines.get(id);
    if (firstLine === undefined) {
      this.firstLines.set(id, line);
      return { key: id, firstLine: null };
    }
    let key = id;
    let ordinal = this.ordinals.get(id) ?? 1;
    while (this.firstLines.has(key)) {
      ordinal += 1;
      key = `${id}#${ordinal}`;
    }
    this.ordinals.set(id, ordinal);
    this.firstLines.set(key, line);
    return { key, firstLine };
  }
}
