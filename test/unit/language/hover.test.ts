import assert from 'node:assert/strict';
import { hoverAt } from '../../../src/language/hover';
import { noOverlay, type PlanOverlay } from '../../../src/language/overlay';
import { documentOf, withCursor } from '../../support/cursor';

const now = Date.parse('2026-01-01T12:00:00.000Z');

function hover(marked: string, over: PlanOverlay = noOverlay): string | null {
  const { text, position } = withCursor(marked);
  return hoverAt(documentOf(text), over, position, now)?.markdown ?? null;
}

const lines = (...parts: string[]) => parts.join('\n\n');

describe('hoverAt', () => {
  it('tells a subtask by its own line', () => {
    const marked = `# Demo
## Build
- [x] T01 Make the folder
- [ ] T02 Write▮ the \`parser\` <b>
  - depends: T01, T09
  - files: src/parser.ts
  - check: npm run test:parser
  - optional: yes
`;
    assert.equal(
      hover(marked),
      lines(
        '**T02** Write the \\`parser\\` \\<b\\>',
        '*pending · optional*',
        'Depends on `T01` (claimed), `T09` (not in this file)',
        'Files: `src/parser.ts`',
        'Checks: `npm run test:parser`',
      ),
    );
  });

  it('tells what the engine knows: proof, why it waits, its last run', () => {
    const over: PlanOverlay = {
      gates: new Map(),
      activity: null,
      subtasks: new Map([
        [
          'T01',
          {
            ...{ status: 'done', proof: 'proven', whyNotReady: [], lastRun: null },
            ...{ live: false, isPaused: false, canResume: false },
          },
        ],
        [
          'T02',
          {
            status: 'pending',
            proof: null,
            whyNotReady: ['The gate *Design* is closed.', 'It was escalated.'],
            lastRun: {
              id: 'r',
              state: 'ended',
              outcome: 'interrupted',
              verdict: null,
              endedAt: '2025-12-29T12:00:00.000Z',
            },
            live: false,
            isPaused: false,
            canResume: false,
          },
        ],
      ]),
    };
    assert.equal(
      hover('# Demo\n- [x] T01 One\n- [ ] T▮02 Two\n  - depends: T01\n', over),
      lines(
        '**T02** Two',
        '*pending*',
        'Depends on `T01` (proven)',
        'Not ready:\n- The gate \\*Design\\* is closed.\n- It was escalated.',
        'Last run: interrupted 3 days ago',
      ),
    );
  });

  it('tells how a subtask is worked on and judged', () => {
    const words = [
      'spec: api-tests',
      'type: testing',
      'turns: 1',
      'timeout: 90s',
      'cost: 1.5',
      'accept: weighted 0.7',
      'retry: exponential 3 2s',
      'fallback: careful',
    ];
    assert.equal(
      hover(`- [ ] T01 O▮ne\n${words.map((word) => `  - ${word}\n`).join('')}`),
      lines(
        '**T01** One',
        '*pending*',
        'Spec: `api-tests`',
        'Work: testing · 1 turn · 90 s · up to $1.50 · accepted from a score of 0.7 · 3 retries after 2 s, then longer',
        'Fallback: `careful`',
      ),
    );
  });

  it('tells the subtask that a dependency names', () => {
    assert.equal(
      hover('# Demo\n- [ ] T01 One\n- [ ] T02 Two\n  - depends: T▮01\n'),
      lines('**T01** One', '*pending*'),
    );
  });

  it('tells a phase by its heading', () => {
    assert.equal(
      hover('# Demo\n## One\n- [x] T01 A\n## T▮wo\n- [ ] T02 B\n- [ ] T03 C\n'),
      lines('**Two**', '*0/2 done*', 'Depends on One'),
    );
  });

  it('tells a gate with its criteria', () => {
    assert.equal(
      hover(
        '# Demo\n## One\n- [ ] T01 A\n- gate: Rev▮iew\n  - criterion: It reads well\n## Two\n- [ ] T02 B\n',
      ),
      lines('**Gate** Review', '*waiting*', '- It reads well', 'Blocks 1 subtask'),
    );
  });

  it('is silent on prose', () => {
    assert.equal(hover('# Demo\n\nSome pr▮ose.\n\n- [ ] T01 One\n'), null);
  });
});
