/**
 * Text of plans and agents for a notification. VS Code makes links of `[title](command:…)` there,
 * and a click would run the command.
 */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
