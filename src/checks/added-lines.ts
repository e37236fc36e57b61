/** A line of text with its place. */
export interface PlacedLine {
  path: string;
  /** 1-based. */
  line: number;
  text: string;
}

/** What a diff of git adds. */
export interface Addition {
  added: PlacedLine[];
  /** Files whose lines the diff does not show: binary ones, and those that an attribute calls so. */
  unshown: string[];
}

export function additionsIn(diff: string): Addition {
  const added: PlacedLine[] = [];
  const unshown: string[] = [];
  let path = '';
  let line = 0;
  // What is left of the hunk: within it, a line that looks like a header is content.
  let removals = 0;
  let additions = 0;
  for (const text of diff.split('\n')) {
    if (removals > 0 || additions > 0) {
      const sign = text[0] ?? ' ';
      if (sign === '\\') continue;
      if (sign !== '-') {
        if (sign === '+') added.push({ path, line, text: text.slice(1).replace(/\r$/, '') });
        additions -= 1;
        line += 1;
      }
      if (sign !== '+') removals -= 1;
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk !== null) {
      removals = Number(hunk[1] ?? 1);
      line = Number(hunk[2]);
      additions = Number(hunk[3] ?? 1);
    } else if (text.startsWith('+++ ')) path = pathOf(text.slice(4));
    else {
      const binary = /^Binary files .+ and ("?b\/.+) differ$/.exec(text)?.[1];
      if (binary !== undefined) unshown.push(pathOf(binary));
    }
  }
  return { added, unshown };
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The path in a `+++` header: `b/name`, followed by a tab when it has blanks, or quoted as in C. */
function pathOf(header: string): string {
  const quoted = /^"(.*)"/.exec(header)?.[1];
  if (quoted === undefined) return header.replace(/\t$/, '').replace(/^b\//, '');
  const bytes = quoted.replace(/\\([0-7]{3}|.)|[^\\]+/gs, (whole, escape: string | undefined) => {
    if (escape === undefined) return Buffer.from(whole, 'utf8').toString('latin1');
    if (escape.length === 3) return String.fromCharCode(parseInt(escape, 8));
    return escapes[escape] ?? escape;
  });
  return Buffer.from(bytes, 'latin1').toString('utf8').replace(/^b\//, '');
}
