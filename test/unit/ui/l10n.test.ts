import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../../..');
const bundlePath = join(root, 'l10n/bundle.l10n.json');

interface Texts {
  literals: Set<string>;
  /** Calls whose text a translator could not find. */
  computed: string[];
}

/** The texts of all calls of `t` in a source file. */
function collect(path: string, texts: Texts): void {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 't'
    ) {
      const [text] = node.arguments;
      if (text !== undefined && ts.isStringLiteralLike(text)) texts.literals.add(text.text);
      else texts.computed.push(`${path}: ${node.getText(source)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function textsOfTheWindow(): Texts {
  const texts: Texts = { literals: new Set(), computed: [] };
  const folder = join(root, 'src/ui');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.ts')) collect(join(folder, name), texts);
  }
  return texts;
}

describe('the texts of the window', () => {
  it('are literals, so that translators find them', () => {
    assert.deepEqual(textsOfTheWindow().computed, []);
  });

  it('are those of l10n/bundle.l10n.json (RUNSHEET_UPDATE=1 writes it anew)', () => {
    const sorted = [...textsOfTheWindow().literals].sort();
    const bundle = Object.fromEntries(sorted.map((text) => [text, text]));
    if (process.env['RUNSHEET_UPDATE'] === '1')
      writeFileSync(bundlePath, `${JSON.stringify(bundle, null, 2)}\n`);
    assert.deepEqual(JSON.parse(readFileSync(bundlePath, 'utf8')), bundle);
  });
});
