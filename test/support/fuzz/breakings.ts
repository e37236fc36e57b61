import { inserted, pick, placeIn, replaceSome, upTo } from './chance';
import type { Mutation } from './mutations';

// What breaks a file on its way: bytes, line ends, encodings, halves of pairs.

const flipBits: Mutation = (text, random) => {
  let flipped = text;
  for (let left = 1 + upTo(random, 8); left > 0 && text !== ''; left -= 1) {
    const at = upTo(random, flipped.length);
    const sign = flipped.charCodeAt(at) ^ (1 << upTo(random, random() < 0.9 ? 7 : 16));
    flipped = flipped.slice(0, at) + String.fromCharCode(sign) + flipped.slice(at + 1);
  }
  return flipped;
};

function inserting(...pieces: readonly string[]): Mutation {
  return (text, random) => {
    let result = text;
    for (let left = 1 + upTo(random, 3); left > 0; left -= 1)
      result = inserted(result, placeIn(random, result), pick(random, pieces));
    return result;
  };
}

const mixLineEnds: Mutation = (text, random) =>
  replaceSome(text, random, /\r\n|\n|\r/g, () =>
    pick(random, ['\n', '\r\n', '\r', '\n\r', '\u2028', '\u0085', '\v']),
  );

const windowsLineEnds: Mutation = (text) => text.replace(/\r?\n/g, '\r\n');

const frontMatter: Mutation = (text, random) => {
  const head = pick(random, [
    '---\r\nid: 1\r\ntitle: a\r\n---\r\n',
    '---\r\nid: 1\n',
    '--- \nid: "1\n---\n',
    '---\n---\n',
    '\n---\nid: 1.10\n---\n',
    '---\nid: &a [*a]\n<<: *a\n---\n',
    '---\n? [a, b]\n: |\n  ---\n...\n',
    '+++\nid = 1\n+++\n',
  ]);
  return head + text;
};

const emptied: Mutation = (_text, random) => pick(random, ['', '\n', '\uFEFF', ' ', '{}', '[]']);

const removeSigns: Mutation = (text, random) =>
  replaceSome(text, random, /[[\]{}"',:()<>*`#|-]/g, () => '');

const grammar = /[[\]{}"',:()<>*`#|\-x ]/g;
const grammarSigns = Array.from('[]{}"\',:()<>*`#|-x ~');

const swapSigns: Mutation = (text, random) =>
  replaceSome(text, random, grammar, () => pick(random, grammarSigns));

export const breakings = {
  flipBits,
  controlSigns: inserting('\0', '\x01', '\x07', '\x1b[31m', '\x7f', '\u0085', '\f', '\v', '\t'),
  marks: inserting('\uFEFF', '\u200b', '\u200d', '\u2060', '\uFFFD', '\uFFFE'),
  halfPairs: inserting('\ud83d', '\udc00', '\\ud800', '"\\udfff"', '\ud800\ud800'),
  mixLineEnds,
  windowsLineEnds,
  frontMatter,
  emptied,
  removeSigns,
  swapSigns,
  merging: inserting('<<<<<<< ours\n', '\n=======\n', '\n>>>>>>> theirs\n', '\n|||||||\n'),
} satisfies Record<string, Mutation>;
