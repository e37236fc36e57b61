import assert from 'node:assert/strict';
import { linesOf } from '../../../src/formats/text';
import {
  asYaml,
  entriesByKey,
  wordOf,
  wordsOf,
  yamlEntries,
  type YamlEntry,
} from '../../../src/formats/yaml-words';
import { parse } from 'yaml';
import { z } from 'zod';

const entriesOf = (text: string) => entriesByKey(yamlEntries(linesOf(text)));
const textOf = (entry: YamlEntry | undefined) => wordOf(entry)?.text ?? null;

const sample = `a: plain text
b: 'it''s quoted' # comment
c: "two \\"words\\""
d: >-
  folded
  lines
e: |
  kept
  lines
f:
g: # nothing
h: [one, 'two, three', "four"]   # list
i: [one,
  two, # why
  'three']
j:
  - one
  - 'two: 2'
k:
- one   # first
- two#2
l: plain
  goes on
m: a#b: c
`;

describe('YAML words', () => {
  const entries = entriesOf(sample);

  it('are those of a YAML parser, as text', () => {
    const parsed = z.record(z.string(), z.unknown()).parse(parse(sample.replace(/^m: .*$/m, '')));
    for (const key of ['a', 'b', 'c', 'd', 'f', 'g', 'l'])
      assert.equal(textOf(entries.get(key)), parsed[key], key);
    for (const key of ['h', 'i', 'j', 'k'])
      assert.deepEqual(
        wordsOf(entries.get(key)).map(({ text }) => text),
        parsed[key],
        key,
      );
    assert.equal(textOf(entries.get('e')), 'kept\nlines');
    assert.equal(textOf(entries.get('m')), 'a#b: c');
  });

  it('keep what a parser would take for numbers or refuse', () => {
    const text = 'a: 1.10\nb: 007\nc: [x] y\nd: Fix: it\nd: again\n e: inside\nf : blank\n';
    const other = entriesOf(text);
    assert.deepEqual(
      ['a', 'b', 'd', 'f'].map((key) => textOf(other.get(key))),
      [...['1.10', '007', 'again e: inside', 'blank']],
    );
  });

  it('say where they stand, quotes included', () => {
    for (const entry of entries.values())
      for (const { range, text, quote } of wordsOf(entry)) {
        const written = sample.slice(range.start, range.end);
        if (!written.includes('\n') && !written.includes('\\'))
          assert.equal(written.replaceAll("''", "'"), `${quote}${text}${quote}`);
      }
  });

  it('are written in the quotes that stood there, or in those that they need', () => {
    assert.equal(asYaml('In Progress', ''), 'In Progress');
    assert.equal(asYaml("Won't", "'"), "'Won''t'");
    assert.equal(asYaml('a "b"', '"'), '"a \\"b\\""');
    for (const text of ['', 'a: b', '- a', '1.0', 'no', 'a #b', '[x]', '@a', ' a', 'a:'])
      assert.equal(parse(asYaml(text, '')), text);
  });
});
