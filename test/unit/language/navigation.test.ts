import assert from 'node:assert/strict';
import { definitionsAt, referencesAt, type Target } from '../../../src/language/definition';
import { foldingRangesOf } from '../../../src/language/folding';
import { symbolsOf, type DocumentSymbol } from '../../../src/language/symbols';
import { documentOf, withCursor } from '../../support/cursor';

const plan = `# Demo

## Set up {#setup}
- [x] T01 Make the folder
  - files: src/
- [ ] T02 Write the parser
  - depends: T01
- gate: Review

## Build
depends: setup
- [ ] T03 Write the printer
  - depends: T01, T02
`;

/** The plan with the cursor behind the n-th occurrence of a text. */
function at(text: string, occurrence: number) {
  let offset = -1;
  for (let n = 0; n < occurrence; n++) offset = plan.indexOf(text, offset + 1);
  const end = offset + text.length;
  return withCursor(`${plan.slice(0, end)}▮${plan.slice(end)}`);
}

function cut({ range }: Target): string {
  const line = plan.split('\n')[range.start.line] ?? '';
  return `${range.start.line + 1}: ${line.slice(range.start.character, range.end.character)}`;
}

describe('definitionsAt', () => {
  it('leads from a dependency to the id of its subtask', () => {
    const { text, position } = at('T02', 2);
    assert.deepEqual(definitionsAt(documentOf(text), position).map(cut), ['6: T02']);
  });

  it('leads from a phase in a dependency to its heading', () => {
    const { text, position } = at('setup', 2);
    const found = definitionsAt(documentOf(text), position);
    assert.deepEqual(found.map(cut), ['3: ## Set up {#setup}']);
  });

  it('leads nowhere from prose', () => {
    const { text, position } = at('Demo', 1);
    assert.deepEqual(definitionsAt(documentOf(text), position), []);
  });
});

describe('referencesAt', () => {
  it('finds all uses of an id from any of them', () => {
    for (const occurrence of [1, 2, 3]) {
      const { text, position } = at('T01', occurrence);
      const ranges = referencesAt(documentOf(text), position, true);
      assert.deepEqual(ranges.map(cut), ['4: T01', '7: T01', '13: T01']);
    }
  });

  it('leaves the declaration out when asked', () => {
    const { text, position } = at('setup', 1);
    assert.deepEqual(referencesAt(documentOf(text), position, false).map(cut), ['11: setup']);
  });
});

describe('symbolsOf', () => {
  const flat = (symbols: DocumentSymbol[], depth = 0): string[] =>
    symbols.flatMap((symbol) => [
      `${'  '.repeat(depth)}${symbol.name} ${symbol.range.start.line + 1}-${symbol.range.end.line + 1}`,
      ...flat(symbol.children, depth + 1),
    ]);

  it('nests subtasks and gates in their phases', () => {
    assert.deepEqual(flat(symbolsOf(documentOf(plan))), [
      'Set up 3-8',
      '  T01 Make the folder 4-5',
      '  T02 Write the parser 6-7',
      '  Review 8-8',
      'Build 10-13',
      '  T03 Write the printer 12-13',
    ]);
  });

  it('puts the subtasks of a plan without phases at the top', () => {
    const symbols = symbolsOf(documentOf('# Demo\n\n- [ ] T01 One\n- [ ] Two\n'));
    assert.deepEqual(flat(symbols), ['T01 One 3-3', 'Two 4-4']);
  });

  it('keeps each selection inside its range', () => {
    const check = (symbol: DocumentSymbol): void => {
      const { range, selectionRange } = symbol;
      assert.ok(selectionRange.start.line >= range.start.line);
      assert.ok(selectionRange.end.line <= range.end.line);
      symbol.children.forEach(check);
    };
    symbolsOf(documentOf(plan)).forEach(check);
  });
});

describe('foldingRangesOf', () => {
  it('folds phases and the subtasks that have lines below them', () => {
    const lines = foldingRangesOf(documentOf(plan)).map(
      ({ startLine, endLine }) => `${startLine + 1}-${endLine + 1}`,
    );
    assert.deepEqual(lines, ['3-8', '4-5', '6-7', '10-13', '12-13']);
  });
});
