import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTree, type Node } from 'jsonc-parser';
import { parseJson } from '../../../src/formats/json';
import { treeOf } from '../../../src/formats/json-tree';

/** A tree without the ways back to holders. */
function shape({ type, offset, length, value, colonOffset, children }: Node): unknown {
  const rest: unknown = children?.map(shape);
  return { type, offset, length, value: value as unknown, colonOffset, children: rest };
}

function agrees(text: string): void {
  const tolerant = parseTree(text);
  assert.ok(tolerant);
  assert.deepEqual(shape(treeOf(text)), shape(tolerant), text);
}

describe('treeOf', () => {
  it('gives every value its place, as the tolerant parser does', () => {
    for (const text of [
      '1',
      '-2.50e+3',
      '"a\\"\\\\"',
      '"\\\\\\u00e9"',
      '[]',
      '{}',
      ' \t\r\n[[ ] ,{ }, null,true , false]\n',
      '{"a" : [1, {"b":null}], "a":"x", "":{"c":[[]]} }',
    ])
      agrees(text);
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2, '\t'), (json, indent) =>
        agrees(JSON.stringify(JSON.parse(json), null, indent)),
      ),
    );
  });

  it('leads from each node to its holder', () => {
    const root = treeOf('{"a":[1]}');
    const [property] = root.children ?? [];
    assert.ok(property);
    const [key, list] = property.children ?? [];
    assert.equal(root.parent, undefined);
    assert.equal(property.parent, root);
    assert.equal(key?.parent, property);
    assert.equal(list?.parent, property);
    assert.equal(list.children?.[0]?.parent, list);
  });

  it('goes as deep as the text', () => {
    const depth = 20_000;
    let node: Node | undefined = treeOf('['.repeat(depth) + ']'.repeat(depth));
    let levels = 0;
    while (node !== undefined) {
      levels += 1;
      node = node.children?.[0];
    }
    assert.equal(levels, depth);
  });
});

describe('parseJson', () => {
  it('reads behind a byte order mark with the offsets of the text', () => {
    const { root } = parseJson('\uFEFF{"a":1}');
    assert.deepEqual([root?.offset, root?.length], [1, 7]);
  });

  it('says where a text is no JSON', () => {
    assert.deepEqual(parseJson('{"a":1,}').error?.offset, 7);
    assert.deepEqual(parseJson('[1] // x').error?.offset, 4);
    for (const text of ['', '{', '"a', "{'a':1}", '[01]', '\u00a0[]', '"\t"'])
      assert.notEqual(parseJson(text).error, null, text);
  });
});
