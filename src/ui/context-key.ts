import { commands } from 'vscode';

/** A key of `when` clauses, written only when its value changes. */
export class ContextKey {
  private value: boolean | null = null;

  constructor(private readonly key: string) {}

  set(value: boolean): void {
    if (this.value === value) return;
    this.value = value;
    void commands.executeCommand('setContext', this.key, value);
  }
}
