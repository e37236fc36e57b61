import { inserted, linesWithEnds, pick, placeIn, replaceSome, upTo } from './chance';
import type { Mutation } from './mutations';

// Other words where the grammars look for ids, numbers, values, signs.

const idLike = /\b[A-Za-z]{0,4}[-.#]?\d+(?:\.\d+)*[a-z]?\b/g;

const duplicateIds: Mutation = (text, random) => {
  const ids = [...text.matchAll(idLike)].map(([id]) => id);
  return replaceSome(text, random, idLike, () => pick(random, ids));
};

const oddIds: Mutation = (text, random) =>
  replaceSome(text, random, idLike, () => pick(random, odd));

const odd = [
  ...['1.1', '1.10', '1.100', '01.1', '1.', '.1', '1..1', '0', '-1', '-0', '1.1.1.1.1.1.1.1.1'],
  ...['1e3', '0x10', '1_000', 'NaN', 'Infinity', '99999999999999999999', '1.0000000000000001'],
  ...['T001', 't001', 'T001a', 'T1', 'T0000001', 'T001-T999', 'T001–T9999', '1-999', 'P', '#', ''],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'id#2'],
  ...['١٢', '１', 'Ⅳ', 'İ', 'ß', 'ﬀ', '🎯', 'e\u0301', '\u202e1', 'a/../b', '..', '@x', 'a b'],
];

const numbersAsStrings: Mutation = (text, random) =>
  replaceSome(text, random, /"\d+(?:\.\d+)?"|\b\d+(?:\.\d+)?\b/g, (found) =>
    found.startsWith('"') ? found.slice(1, -1) : `"${found}"`,
  );

const floats: Mutation = (text, random) =>
  replaceSome(
    text,
    random,
    /\b\d+\b/g,
    (found) => `${found}${pick(random, ['.0', '.10', '.5', 'e2', '.'])}`,
  );

const otherValues: Mutation = (text, random) =>
  replaceSome(text, random, /(?<=: {0,4})("[^"\n]{0,200}"|[^\s,[{"][^,\n]{0,200})/g, () =>
    pick(random, values),
  );

const values = [
  ...['null', 'true', '""', '[]', '{}', '[[]]', '[null]', '{"id": 1}', '0', '-1', '1.10', '1e999'],
  ...['"---"', '---', "'a: b'", 'a --- b', '|', '>-', '&a', '*a', '!!binary x', '[a, [b, {c: d}]]'],
  ...[
    '"__proto__"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"2026-13-45T99:99:99Z"',
    '"9999999-01-01"',
    '%',
    '@',
  ],
];

/** Signs of all formats, so that mutants reach deep into each reader. */
const signs = [
  ...[
    '- [ ] ',
    '- [x] ',
    '* [X] ',
    '1. [ ] ',
    '- [~] ',
    '- [-] ',
    '- [ ]* ',
    '-[ ] ',
    '- [',
    '[ ]',
  ],
  ...[
    '[P] ',
    '[US1] ',
    '**',
    '~~',
    '`',
    '```\n',
    '~~~\n',
    '````',
    '<!--',
    '-->',
    '<details>',
    '---\n',
  ],
  ...[
    '# ',
    '## ',
    '### Phase 2: ',
    '## Dependencies\n',
    '| a | b |\n|---|---|\n',
    '> ',
    '→',
    ' -> ',
  ],
  ...[
    'depends: ',
    '(depends on T001-T999)',
    'Depends on: Phase 1',
    'blocks ',
    '_Depends: 1.1, 2_\n',
  ],
  ...[
    '133/147 passing',
    '✅',
    '❌',
    'COMPLETED',
    'Status: done\n',
    '@x/y',
    '$(id)',
    '../../../etc/passwd',
  ],
  ...[
    '"id": 1,',
    '"tasks": [',
    '"dependencies": [1, 2],',
    '{"',
    '"}',
    '},{',
    '\\"',
    '\\u0000',
    ',,',
  ],
  ...['<task>', '</task>', '<task type="auto">\n', '<![CDATA[', ']]>', '<name>', '&lt;', '&#x0;'],
  ...[
    '<!-- AC:BEGIN -->\n',
    '<!-- AC:END -->\n',
    'password: hunter2hunter2',
    'gate: x\n',
    '\n\n\n',
  ],
];

const signsAdded: Mutation = (text, random) => {
  let result = text;
  for (let left = 1 + upTo(random, 5); left > 0; left -= 1) {
    const lines = linesWithEnds(result);
    const line = upTo(random, lines.length + 1);
    const start = lines.slice(0, line).join('').length;
    const at = random() < 0.5 ? start : placeIn(random, result);
    result = inserted(result, at, pick(random, signs));
  }
  return result;
};

const scripts = [
  ...['👩‍👩‍👧‍👦', '🏳️‍🌈', '🎯', 'שלום', 'مرحبا', '\u202eabc\u202c', '\u2067abc\u2069', 'İ', 'ǅ', 'ﬃ'],
  ...[
    '日本語',
    'Ω',
    'e\u0301\u0301\u0301',
    '\u0345',
    '١٢٣',
    '％',
    '：',
    '［　］',
    '–',
    '—',
    '“x”',
    '…',
  ],
];

const otherScripts: Mutation = (text, random) => {
  const put = pick(random, scripts);
  if (random() < 0.3) return replaceSome(text, random, /\b[a-z]{3,}\b/g, () => put);
  return inserted(text, placeIn(random, text), put);
};

const otherCase: Mutation = (text, random) =>
  replaceSome(text, random, /\b[A-Za-z_]{2,}\b/g, (word) =>
    random() < 0.5 ? word.toUpperCase() : word.toLowerCase(),
  );

/** Words of the text at the places of others. */
const swapWords: Mutation = (text, random) => {
  const words = [...text.matchAll(/\b[A-Za-z_-]{2,}\b/g)].map(([word]) => word);
  return replaceSome(text, random, /\b[A-Za-z_-]{2,}\b/g, () => pick(random, words));
};

export const wordings = {
  duplicateIds,
  oddIds,
  numbersAsStrings,
  floats,
  otherValues,
  signsAdded,
  otherScripts,
  otherCase,
  swapWords,
} satisfies Record<string, Mutation>;
