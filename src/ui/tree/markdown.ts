/** The text as Markdown that shows it literally: no links, images, headings, lists or icons. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-.!|<>~$&:]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replace(/\s*\n\s*/g, ' ');
}

/** Paragraphs of Markdown; empty ones are left out. */
export function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
}

/** The text as a quick pick or status bar shows it literally: `$(name)` would become an icon. */
export function escapeIcons(text: string): string {
  return text.replaceAll('$(', '\\$(');
}

const strong = /(?<=^|[\s("'])\*\*([^\s*/](?:[^*]*[^\s*/])?)\*\*(?=$|[\s).,:;!?"'])/gu;

/** The text without the stars around `**words**`, which rows show as they are; globs stay. */
export function withoutEmphasis(text: string): string {
  return text.replaceAll(strong, '$1');
}
