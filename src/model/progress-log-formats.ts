/** Formats whose plans have a progress log beside them. */
export const progressLogFormats: ReadonlySet<string> = new Set(['auto-claude', 'autobuildr']);
