import assert from 'node:assert/strict';
import { gsdFormat } from '../../../src/formats/gsd/format';
import type { Facts, PlanReading } from '../../../src/model/plan';

function read(text: string, path = '.planning/ROADMAP.md'): PlanReading {
  return gsdFormat.read({ path, text });
}

function factsOf(text: string): Facts {
  const { kind, facts } = read(text);
  assert.equal(kind, 'roadmap');
  return facts;
}

describe('a gsd roadmap', () => {
  it('names phases in headings and boxes, in the order of their first mention', () => {
    const { phases, phaseIds } = factsOf(
      [
        '- [ ] **Phase 16: Late** - text',
        '- [x] Phase 2.1: Between (2/2 plans) — done',
        '## 🚧 Phase 01 - First',
        '### [v2] Phase 12A (INSERTED): Wide',
        '#### Phase 16: Late ✅',
        '### Phase 3 -- Dashes',
        '## Phase 04-folder-name: Folder',
        '### Phase 5-6: Two at once',
        '##### Phase 17: Too deep',
        '# Phase 18: Too high',
        '### The Phase 19: In words',
        '### Phase 20 without a name',
        '- **Phase 21: no box**',
        '| 22. Table | 1/2 |',
      ].join('\n'),
    );
    assert.deepEqual(phaseIds, ['16', '2.1', '1', '12A', '3', '4']);
    assert.equal(phases, 6);
  });

  it('leaves shipped milestones, fences and ideas for later out', () => {
    const text =
      '<details>\n<details>\n### Phase 1: Old\n</details>\n</details>\n```\n### Phase 2: Code\n```\n### Phase 999.1: Later\n### Phase 1: New';
    assert.deepEqual(factsOf(text)['phaseIds'], ['1']);
    assert.deepEqual(read(text).problems, []);
    assert.equal(factsOf('<details>\n### Phase 1: Old\n</details>')['phases'], 0);
    // What is never closed hides nothing.
    assert.equal(factsOf('<details>\n### Phase 1: A')['phases'], 1);
  });

  it('reads what a phase depends on', () => {
    const phases = [1, 2, 3, 4].map((id) => `### Phase ${String(id)}: P\n`).join('');
    const edges = (line: string) => {
      const found = factsOf(`${phases}### Phase 9: Last\n${line}`)['phaseEdges'];
      return Array.isArray(found) ? found.map((edge) => JSON.stringify(edge)).join() : '';
    };
    const from = (...ids: string[]) => ids.map((id) => JSON.stringify([id, '9'])).join();
    assert.equal(edges('**Depends on**: Phase 3'), from('3'));
    assert.equal(edges('**Depends on:** Phase 1 (needs Phase 2)'), from('1'));
    assert.equal(edges('- **Depends on**: Phase 4, Phase 2'), from('4', '2'));
    assert.equal(edges('Depends on: Phases 2, 3 and 04'), from('2', '3', '4'));
    assert.equal(edges('**Depends on**: Phases 1-3'), from('1', '2', '3'));
    assert.equal(edges('**Depends on**: Phase 1 + Phase 3.'), from('1', '3'));
    assert.equal(edges('**Depends on**: Phase 1 (calls run() of 4), Phase 3'), from('1', '3'));
    assert.equal(edges('**Depends on**: Phase 1 plus Phase 3'), from('1', '3'));
    assert.equal(edges('**Depends on**: Nothing (first phase)'), '');
    assert.equal(edges('**Depends on**: v1.0 complete'), '');
    assert.equal(edges('**Depends on**: Phase 7'), '', 'shipped');
    assert.equal(edges('## Other\n**Depends on**: Phase 3'), '', 'of no phase');
  });

  it('reports one number with two names, but not with one in other words', () => {
    const rules = (text: string) => read(text).problems.map(({ rule, line }) => `${rule} ${line}`);
    assert.deepEqual(rules('### Phase 1: Look\n\n- [ ] **Phase 01: Feel** - x'), [
      'phase-number-duplicate 3',
    ]);
    assert.deepEqual(
      rules('- [ ] **Phase 1: Look & feel** (new)\n### Phase 1: Look & Feel ✅'),
      [],
    );
    assert.deepEqual(rules('- [ ] Phase 1 -- Look -- text\n### Phase 1: Look'), []);
    assert.deepEqual(rules('- [ ] Phase 1: Look — with text\n### Phase 1: Look (later)'), []);
  });
});

describe('the other files of a gsd folder', () => {
  it('are known by their names; they hold no plan', () => {
    const kinds = {
      '01-02-SUMMARY.md': 'summary',
      'v1.0-ROADMAP.md': 'roadmap',
      'STATE.md': 'state',
      'config.json': 'config',
      '01-VERIFICATION.md': 'verification',
      '09-HUMAN-UAT.md': 'uat',
      'REQUIREMENTS.md': 'requirements',
      '09-CONTEXT.md': 'context',
      'MILESTONES.md': 'milestones',
      'HANDOFF.json': 'handoff',
      '.continue-here.md': 'continue-here',
      '01-RESEARCH.md': 'other',
      '01-02-ISSUES.md': 'other',
      '01-02-FIX.md': 'plan',
      '09-PLAN-VERIFY.md': 'other',
      '09-PLAN-CHECK.md': 'other',
      'TEST_PLAN.md': 'other',
      '01-PLAN-OUTLINE.md': 'other',
      'PLAN-INDEX.md': 'other',
      '01-01-PLAN.pre-bounce.md': 'other',
    };
    // The text of a plan makes none of them a plan, but for a fix of old.
    const text = '---\nphase: 1\nplan: 2\nstatus: partial\n---\n';
    for (const [name, kind] of Object.entries(kinds)) {
      const reading = read(text, `.planning/phases/01-a/${name}`);
      assert.equal(reading.kind, kind, name);
      assert.equal(reading.plans.length, kind === 'plan' ? 1 : 0, name);
    }
    assert.deepEqual(read(text, '.planning/phases/01-a/01-02-SUMMARY.md').facts, {
      summaryState: 'partial',
      status: 'partial',
    });
  });
});
