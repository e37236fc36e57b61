import assert from 'node:assert/strict';
import type { PlanSource } from '../../../src/formats/format';
import { definitionsAt, referencesAt, type Target } from '../../../src/language/definition';
import { problemsIn } from '../../../src/language/diagnostics';
import { hoverAt } from '../../../src/language/hover';
import { pathsIn } from '../../../src/language/links';
import { noOverlay } from '../../../src/language/overlay';
import { documentIn } from '../../support/cursor';

/** The files of a plan, the first one its own; a folder has no text. */
function plan(files: Readonly<Record<string, string>>): PlanSource {
  const [[path, text] = ['', ''], ...others] = Object.entries(files);
  return {
    path,
    text,
    others: new Map(others.map(([name, own]) => [name, { path: name, text: own }])),
  };
}

const shown = ({ path, range }: Target) => `${path}:${range.start.line + 1}`;

const sprint = '_bmad-output/sprint-status.yaml';
const story = '_bmad-output/stories/1-2-mail.md';
const bmad = plan({
  [sprint]:
    'development_status:\n  epic-1: in-progress\n  1-1-login: done\n  1-2-mail: in-progress\n',
  [story]: '# Story 1.2: Mail\n\nStatus: in-progress\n\n## Tasks\n\n- [ ] One\n',
});

const task = (name: string) =>
  `<task type="auto"><name>${name}</name><files>src/a.ts</files><action>b</action><verify>c</verify><done>d</done></task>`;
const first = '.planning/phases/01-core/01-01-PLAN.md';
const second = '.planning/phases/01-core/01-02-PLAN.md';
const front = (number: string, dependsOn: string) =>
  `---\nphase: 01-core\nplan: ${number}\ndepends_on: [${dependsOn}]\n---\n\n`;
const gsd = plan({
  '.planning': '',
  '.planning/ROADMAP.md':
    '# Roadmap\n\n### Phase 1: Core\n\nPlans:\n- [ ] 01-01-PLAN.md — A\n- [ ] 01-02-PLAN.md — B\n',
  [first]: `${front('01', '')}<context>\n@.planning/ROADMAP.md\n</context>\n<tasks>\n${task('A')}\n</tasks>\n`,
  [second]: `${front('02', '"01-01"')}<tasks>\n${task('B')}\n</tasks>\n`,
});

describe('a plan of several files', () => {
  it('leads from a story of a sprint to its file, and from there back', () => {
    const keys = documentIn(bmad, sprint);
    assert.deepEqual(definitionsAt(keys, { line: 3, character: 4 }).map(shown), [
      `${sprint}:4`,
      `${story}:1`,
    ]);
    const file = documentIn(bmad, story);
    assert.deepEqual(definitionsAt(file, { line: 0, character: 3 }).map(shown)[0], `${sprint}:4`);
    assert.deepEqual(definitionsAt(file, { line: 2, character: 3 }), []);
  });

  it('leads from a dependency to the file in which the work stands', () => {
    const document = documentIn(gsd, second);
    const at = { line: 3, character: 'depends_on: ["01'.length };
    assert.deepEqual(definitionsAt(document, at).map(shown), [`${first}:11`]);
    const references = referencesAt(document, at, true).map(shown);
    assert.deepEqual(references, [`${second}:4`, `${first}:11`]);
  });

  it('knows in its hovers what stands in other files', () => {
    const document = documentIn(gsd, second);
    const hover = hoverAt(document, noOverlay, { line: 6, character: 2 }, 0);
    assert.equal(hover, null);
    const own = hoverAt(document, noOverlay, { line: 7, character: 2 }, 0);
    assert.match(own?.markdown ?? '', /Depends on `01-01#1` \(pending/);
  });

  it('names the files that it speaks of by where they may be', () => {
    const paths = (path: string) =>
      pathsIn(documentIn(gsd, path)).map((one) => [one.range.start.line + 1, one.paths[0]]);
    assert.deepEqual(paths('.planning/ROADMAP.md'), [
      [6, '01-01-PLAN.md'],
      [7, '01-02-PLAN.md'],
    ]);
    assert.deepEqual(paths(first), [
      [8, '.planning/ROADMAP.md'],
      [11, 'src/a.ts'],
    ]);
    const [bullet] = pathsIn(documentIn(gsd, '.planning/ROADMAP.md'));
    assert.ok(bullet?.paths.includes(first));
  });

  it('has the problems of each file in that file, and none for what stands in another', () => {
    const files = Object.fromEntries(
      [1, 2, 3].map((number) => [
        `backlog/tasks/task-${number} - A.md`,
        `---\nid: task-${number}\ntitle: A\nstatus: ${number === 3 ? 'Done' : 'To Do'}\ndependencies: [${number === 1 ? '' : `task-${number - 1}`}]\n---\n`,
      ]),
    );
    const backlog = plan({ backlog: '', ...files });
    const rules = Object.keys(files).map((path) =>
      problemsIn(documentIn(backlog, path)).map(({ rule }) => rule),
    );
    assert.deepEqual(rules, [[], [], ['done-before-dependency']]);
  });
});
