/** What a conversion could not carry over, each kind once, with examples of where. */
export class ConversionReport {
  private readonly found = new Map<string, string[]>();

  /** @param what a sentence without the items. @param where an id, or `null` for the whole plan. */
  add(what: string, where: string | null): void {
    const list = this.found.get(what) ?? [];
    if (where !== null) list.push(where);
    this.found.set(what, list);
  }

  /** One line for each kind. */
  lines(): string[] {
    return [...this.found].map(([what, where]) => {
      if (where.length === 0) return what;
      const more = where.length > shown ? ` and ${where.length - shown} more` : '';
      return `${what} (${where.slice(0, shown).join(', ')}${more})`;
    });
  }
}

const shown = 8;
