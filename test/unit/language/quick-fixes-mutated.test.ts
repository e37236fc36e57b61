import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatNamed, readPlan } from '../../../src/formats/registry';
import { problemsIn } from '../../../src/language/diagnostics';
import { planDocuments } from '../../../src/language/document';
import { fixesOf, fixOfAll } from '../../../src/language/quick-fixes';
import { pathsIn } from '../../../src/language/links';
import { mutated } from '../../support/format-properties';
import { checkFix } from '../../support/fix-properties';
import { fixTime } from '../../support/made-fixes';
import { planTexts } from '../../support/plan-texts';

// Faults of every kind, by chance: what is offered against them holds.

const mostProblems = 6;

const pieces = fc.constantFrom(
  ...[
    'x',
    ' ',
    '~',
    ',',
    '\n',
    '1',
    '"',
    '- [x] ',
    '  - depends: T01, T99\n',
    '---\n',
    '{}',
    '[',
    ']',
  ],
  ...['"status": "odd",', '"dependencies": [1, 99],', '- [ ] T001 [P] Twice in `src/a.ts`\n'],
);

describe('quick fixes of mutated plans', function () {
  this.timeout(60_000);
  for (const [name, { path, text }] of Object.entries(planTexts)) {
    it(`hold in ${name}`, () => {
      const format = formatNamed(name);
      assert.ok(format);
      fc.assert(
        fc.property(mutated(text, pieces), (now) => {
          const source = { path, text: now };
          const reading = readPlan(source, format);
          assert.ok(reading);
          const [document] = planDocuments(path, { source, format, reading });
          assert.ok(document);
          const problems = problemsIn(document);
          for (const problem of problems.slice(0, mostProblems))
            for (const fix of fixesOf(document, problem, fixTime)) checkFix(document, problem, fix);
          const [first] = problems;
          const ofRule = problems.filter(({ rule }) => rule === first?.rule);
          if (first !== undefined)
            for (const fix of fixOfAll(document, ofRule, fixTime)) checkFix(document, first, fix);
          for (const { range } of pathsIn(document)) assert.equal(range.start.line, range.end.line);
        }),
        { numRuns: 150 },
      );
    });
  }
});
