import assert from 'node:assert/strict';
import { runsheetFormat } from '../../../src/formats/runsheet/format';
import { gateScopes } from '../../../src/model/gate-scope';
import type { Plan } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

function planOf(text: string): Plan {
  const [plan] = runsheetFormat.read({ path: 'a.plan.md', text }).plans;
  assert.ok(plan);
  return plan;
}

/** `gate: opens after … ; blocks …` */
function scopes(text: string): string[] {
  return [...gateScopes(planOf(text))].map(
    ([key, { opensAfter, blocks }]) =>
      `${key}: ${[...opensAfter].join(' ')}; ${[...blocks].join(' ')}`,
  );
}

const four = (first: string, middle: string, last: string) =>
  `## A\n${first}- [ ] T01 a\n- [ ] T02 b\n${middle}- [ ] T03 c\n${last}## B\ndepends: none\n- [ ] T04 d\n`;
const gate = '- gate: Look\n  - criterion: fine\n';

describe('gates of the runsheet format', () => {
  it('leave to a person what only a person can confirm', () => {
    const text = '- [ ] T01 a\n- gate: Look\n  - criterion-check: confirm: It is blue.\n';
    const [look] = planOf(text).gates;
    assert.deepEqual(look?.criteria, [{ text: 'It is blue.', validator: null }]);
  });

  it('at the end of a phase open after it and block all later phases', () => {
    assert.deepEqual(scopes(four('', '', gate)), ['gate-look: T01 T02 T03; T04']);
  });

  it('inside a phase open after what stands before and block what stands behind', () => {
    assert.deepEqual(scopes(four('', gate, '')), ['gate-look: T02 T01; T03 T04']);
  });

  it('at the start of a phase block all of it', () => {
    assert.deepEqual(scopes(four(gate, '', '')), ['gate-look: ; T01 T02 T03 T04']);
  });

  it('below a subtask block what depends on it and the later phases', () => {
    const text =
      '## A\n- [ ] T01 a\n  - gate: Look\n- [ ] T02 b\n- [ ] T03 c\n  - depends: T01\n## B\n- [ ] T04 d\n';
    assert.deepEqual(scopes(text), ['gate-look: T01; T03 T04']);
  });

  it('carry their criteria, with checks where a command is given', () => {
    const gates = planOf(planTexts.runsheet.text).gates;
    assert.deepEqual(
      gates.map(({ id, title, line, criteria }) => [
        id,
        title,
        line,
        criteria.map(({ text, validator }) => [text, validator?.type ?? null]),
      ]),
      [
        [
          'gate-look-at-the-index',
          'Look at the index',
          27,
          [
            ['It finds things', null],
            ['npm run smoke', 'test_pass'],
          ],
        ],
        ['gate-approve-the-page', 'Approve the page', 39, [['It looks right', null]]],
      ],
    );
  });

  it('keep a criterion whose check cannot be read as a question', () => {
    const text = '- [ ] T01 a\n- gate: Look\n  - criterion-check: forbid /(/\n';
    assert.deepEqual(planOf(text).gates[0]?.criteria, [{ text: 'forbid /(/', validator: null }]);
    const { problems } = runsheetFormat.read({ path: 'a.plan.md', text });
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['invalid-check'],
    );
  });

  it('are refused in numbers that no person can decide', () => {
    const { problems, plans } = runsheetFormat.read({
      path: 'a.plan.md',
      text: '- [ ] T01 a\n- gate: Look\n'.repeat(101),
    });
    assert.ok(
      problems.some(({ rule, severity }) => rule === 'too-many-gates' && severity === 'error'),
    );
    assert.deepEqual(plans[0]?.gates, []);
  });

  it('are checkpoints where checks alone decide, and a person’s gates where one has to answer', () => {
    const text =
      '- [ ] T01 a\n- checkpoint: It builds\n  - criterion-check: npm run build\n' +
      '- [ ] T02 b\n- checkpoint: Seen\n  - criterion: It looks right\n- checkpoint: Empty\n';
    const { plans, problems } = runsheetFormat.read({ path: 'a.plan.md', text });
    assert.deepEqual(
      plans[0]?.gates.map(({ title, kind, blocks }) => [title, kind, blocks]),
      [
        ['It builds', 'checkpoint', ['T02']],
        ['Seen', 'human', []],
        ['Empty', 'human', []],
      ],
    );
    assert.deepEqual(
      problems.map(({ rule, line }) => [rule, line]),
      [
        ['checkpoint-needs-person', 5],
        ['checkpoint-needs-person', 7],
      ],
    );
  });
});
