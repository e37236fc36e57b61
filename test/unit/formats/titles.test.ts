import assert from 'node:assert/strict';
import { formatNamed, readPlan } from '../../../src/formats/registry';

/** The titles of the plans of a file, with files beside it. */
function titlesOf(
  format: string,
  path: string,
  text: string,
  beside: Readonly<Record<string, string>> = {},
): string[] {
  const others = Object.entries(beside).map(
    ([other, content]) => [other, { path: other, text: content }] as const,
  );
  const source = { path, text, others: new Map(others) };
  return readPlan(source, formatNamed(format))?.plans.map(({ title }) => title) ?? [];
}

describe('the title of a plan is what a person calls it', () => {
  const gsdPlan = (front: string, objective: string) =>
    `---\n${front}\n---\n<objective>\n${objective}\n</objective>\n<tasks>\n<task type="auto">\n  <name>A</name>\n</task>\n</tasks>\n`;

  it('a gsd plan: its number with the name of its phase, not all of its objective', () => {
    const path = 'plans/03-02-PLAN.md';
    const purpose = 'Lay out the harbour so that large ships may turn in it at low tide, too.';
    assert.deepEqual(titlesOf('gsd', path, gsdPlan('phase: 03-harbour-works\nplan: 02', purpose)), [
      '03-02: harbour works',
    ]);
    assert.deepEqual(titlesOf('gsd', path, gsdPlan('phase: 03\nplan: 02', purpose)), [
      '03-02: Lay out the harbour so that large ships may turn in it at…',
    ]);
    assert.deepEqual(titlesOf('gsd', path, gsdPlan('phase: 03\nplan: 02', '')), ['03-02']);
    const quick = gsdPlan('phase: quick-21\nplan: 21', 'Mend a sail');
    assert.deepEqual(titlesOf('gsd', 'quick/21-PLAN.md', quick), ['21: Mend a sail']);
  });

  it('a gsd folder without a roadmap: its only phase, else the folder', () => {
    const at = (folder: string) => `.planning/phases/${folder}/01-01-PLAN.md`;
    const text = gsdPlan('phase: 01\nplan: 01', 'A');
    const one = { [at('01-base')]: text };
    assert.deepEqual(titlesOf('gsd', '.planning', '', one), ['Phase 01-base']);
    const two = { ...one, [at('02-sails')]: text };
    assert.deepEqual(titlesOf('gsd', '.planning', '', two), ['.planning']);
  });

  it('the usual tag of Task Master: its project or folder, else its file; others by their names', () => {
    const tag = (description: string, projectName = '') => ({
      tasks: [{ id: 1, title: 'a', status: 'pending' }],
      metadata: { description, projectName },
    });
    const of = (path: string, tags: Record<string, unknown>) =>
      titlesOf('task-master', path, JSON.stringify(tags));
    const usual = { master: tag('Tasks for master context'), search: tag('') };
    assert.deepEqual(of('.taskmaster/tasks/tasks.json', usual), ['tasks.json', 'search']);
    assert.deepEqual(of('apps/shop/.taskmaster/tasks/tasks.json', usual), ['shop', 'search']);
    const named = { master: tag('', 'Shop'), sails: tag('All about sails') };
    assert.deepEqual(of('tasks/tasks.json', named), ['Shop', 'All about sails']);
  });

  it('a progress log: the project that its head names, else its folder, else its heading', () => {
    const feature = '\n\n## Feature #3: Sails - COMPLETED\n';
    const of = (path: string, head: string) => titlesOf('autobuildr', path, `${head}${feature}`);
    const name = 'claude-progress.txt';
    assert.deepEqual(of(name, '# Progress\n# Project: Shop'), ['Shop']);
    assert.deepEqual(of(`shop/${name}`, '# Progress'), ['shop']);
    assert.deepEqual(of(name, '# Log of the shop'), ['Log of the shop']);
    assert.deepEqual(of(name, '# Session 3'), [name]);
  });
});
