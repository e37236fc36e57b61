const mostRounds = 4;

/**
 * A text in every form that it has when escapes are read: percent signs, `\u0041`, `\x41`, full-width
 * letters, and these within each other. The text itself comes first.
 */
export function decodedForms(text: string): string[] {
  const forms = new Set([text]);
  let round = [text];
  for (let n = 0; n < mostRounds && round.length > 0; n++) {
    const next = round.flatMap((form) => decoders.map((decode) => decode(form)));
    round = [...new Set(next)].filter((form) => !forms.has(form));
    for (const form of round) forms.add(form);
  }
  return [...forms];
}

/** A text as a shell reads its words: without quotes, backslashes and lines that are joined. */
export function unquoted(text: string): string {
  return text.replaceAll(/\\\r?\n|["'\\]/gu, '');
}

const decoders: readonly ((text: string) => string)[] = [
  (text) => text.replaceAll(/(?:%[0-9a-f]{2})+/giu, withoutPercent),
  (text) =>
    text.replaceAll(
      /\\u\{([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})/giu,
      (whole, ...codes: unknown[]) => {
        const code = codes.slice(0, 3).find((one) => typeof one === 'string');
        const number = Number.parseInt(String(code), 16);
        return number <= 0x10ffff ? String.fromCodePoint(number) : whole;
      },
    ),
  (text) => text.normalize('NFKC'),
];

function withoutPercent(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // Not UTF-8: each byte is a letter.
    return escaped.replaceAll(/%([0-9a-f]{2})/giu, (_whole, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    );
  }
}
