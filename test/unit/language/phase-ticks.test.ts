import assert from 'node:assert/strict';
import { noOverlay, type PlanOverlay } from '../../../src/language/overlay';
import { phaseTicksIn } from '../../../src/language/phase-ticks';
import { documentIn, documentOf } from '../../support/cursor';
import { planText, task } from '../../support/plan-texts/gsd';

const roadmap = '.planning/ROADMAP.md';
const lines = [
  '# Roadmap: Demo',
  '- [ ] **Phase 1: Base** - first',
  '- [x] **Phase 2: Top** - last',
  '',
  '### Phase 1: Base',
  '- [x] 01-01-PLAN.md — a',
  '### Phase 2: Top',
];

function offered(line: number, summary: string | null, overlay: PlanOverlay = noOverlay) {
  const files = {
    [roadmap]: lines.join('\n'),
    '.planning/phases/01-base/01-01-PLAN.md': planText('plan: 1', task('One')),
    ...(summary === null ? {} : { '.planning/phases/01-base/01-01-SUMMARY.md': summary }),
  };
  const others = new Map(Object.entries(files).map(([path, text]) => [path, { path, text }]));
  const document = documentIn({ path: '.planning', text: '', others }, roadmap);
  const at = { line, character: 3 };
  return phaseTicksIn(document, { start: at, end: at }, overlay);
}

const titles = (...asked: Parameters<typeof offered>) =>
  offered(...asked).map(({ title }) => title);

describe('ticks of phases', () => {
  it('are offered at the box and at the heading when all of the phase is finished', () => {
    assert.deepEqual(titles(1, '# Done'), ['Tick phase 1']);
    assert.deepEqual(titles(4, '# Done'), ['Tick phase 1']);
    const [tick] = offered(4, '# Done');
    const start = lines.join('\n').indexOf('[ ]') + 1;
    assert.deepEqual(tick?.edits, [{ path: roadmap, range: { start, end: start + 1 }, text: 'x' }]);
  });

  it('are not offered while something is open, as the files and Runsheet know it', () => {
    assert.deepEqual(titles(1, null), []);
    assert.deepEqual(titles(1, '---\nstatus: halted\n---\n'), []);
    const known = {
      ...({ status: 'done', proof: null, whyNotReady: [], lastRun: null } as const),
      ...{ live: false, isPaused: false, canResume: false },
    };
    const overlay = { ...noOverlay, subtasks: new Map([['01-01#1', known]]) };
    assert.deepEqual(titles(1, null, overlay), ['Tick phase 1']);
  });

  it('can be taken away at any time', () => {
    for (const line of [2, 6])
      assert.deepEqual(titles(line, null), ['Take the tick of phase 2 away']);
  });

  it('are offered nowhere else', () => {
    for (const line of [0, 3, 5]) assert.deepEqual(titles(line, '# Done'), []);
    const document = documentOf('# Demo\n\n## Base\n- [x] T01 One\n');
    const whole = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    assert.deepEqual(phaseTicksIn(document, whole, noOverlay), []);
  });
});
