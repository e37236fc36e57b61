import assert from 'node:assert/strict';
import { gsdFormat } from '../../../src/formats/gsd/format';
import { subtasksOf, type Plan, type Subtask } from '../../../src/model/plan';
import { gsdText, planText, task } from '../../support/plan-texts/gsd';

const path = '.planning/phases/01-base/01-02-PLAN.md';
const front = 'phase: 1\nplan: 2';

function read(text: string, at = path, others: Readonly<Record<string, string>> = {}) {
  const files = Object.entries(others).map(
    ([name, own]) => [name, { path: name, text: own }] as const,
  );
  return gsdFormat.read({ path: at, text, others: new Map(files) });
}

function planIn(text: string, at = path, others: Readonly<Record<string, string>> = {}): Plan {
  const [plan] = read(text, at, others).plans;
  assert.ok(plan);
  return plan;
}

function subtasksIn(text: string): Subtask[] {
  return subtasksOf(planIn(text));
}

function rulesIn(text: string, at = path): string[] {
  return read(text, at).problems.map(({ rule }) => rule);
}

describe('a gsd plan file', () => {
  it('has its tasks as subtasks, numbered behind the name of the file', () => {
    const { plans, kind, problems } = read(gsdText.text, gsdText.path);
    assert.equal(kind, 'plan');
    const subtasks = plans.flatMap(subtasksOf);
    assert.deepEqual(
      subtasks.map(({ id, title }) => [id, title]),
      [
        ['02-02#1', 'Look words up'],
        ['02-02#2', 'The search page'],
        ['02-02#3', 'Which index'],
        ['02-02#4', 'Try it out'],
      ],
    );
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['short-dependency-id', 'unknown-task-type'],
    );
    assert.equal(plans[0]?.declaredPhases, 0);
  });

  it('runs its tasks in the order of the file', () => {
    const subtasks = planIn(gsdText.text, gsdText.path).phases.flatMap((phase) => phase.subtasks);
    assert.deepEqual(
      subtasks.map(({ dependsOn }) => dependsOn.map(({ id, kind }) => `${kind} ${id}`)),
      [[], ['implied 02-02#1'], ['implied 02-02#2'], ['implied 02-02#3']],
    );
  });

  it('tells what the format knows beside the model', () => {
    const { facts, description } = planIn(gsdText.text, gsdText.path);
    assert.deepEqual(facts, {
      form: 'tasks',
      titles: ['Task 1: Look words up', null, null, null],
      types: ['auto', 'checkpoint:human-verify', 'checkpoint:decision', 'spike'],
      edges: [
        ['02-01', '02-02'],
        ['02-03', '02-02'],
      ],
      wave: 2,
      humanChecks: 1,
    });
    assert.match(description, /Let people find pages\.\n\nDepends on 02-01, 02-03\./);
    assert.match(description, /Read first: docs\/search\.md$/);
  });

  it('reads files, instruction, checks and labels of a task', () => {
    const [first, , , last] = subtasksOf(planIn(gsdText.text, gsdText.path));
    assert.ok(first);
    assert.ok(last);
    assert.deepEqual(first.files, ['src/search.ts', 'src/rank.ts']);
    assert.match(first.detail, /^Write `find`, so that a && b < c holds\.\n```xml/);
    assert.match(
      first.detail,
      /A person prepares this first:\n- service: index host; why: needs an account/,
    );
    assert.deepEqual(first.verification, [
      'npm test',
      'A person checks: Look at the page',
      'Words are found',
    ]);
    assert.deepEqual(first.labels, ['tdd', 'wave 2', 'FIND-01', 'FIND-02']);
    assert.deepEqual(last.files, ['src/search.ts', 'src/rank.ts'], 'those of the plan');
    assert.deepEqual(last.verification, [
      'A word finds its page',
      'src/search.ts: the lookup',
      'src/search.ts → src/rank.ts import',
      '- [ ] all tests pass',
    ]);
  });

  it('knows checks of a person and of a program by their names, whatever else the tags say', () => {
    const verify =
      '<verify><automated id="a">npm test</automated>\n<human-check when="late">Look</human-check></verify>';
    const plan = planIn(planText(front, `<task type="auto">\n${verify}\n</task>`));
    assert.equal(plan.facts['humanChecks'], 1);
    assert.deepEqual(subtasksOf(plan)[0]?.verification, ['npm test', 'A person checks: Look']);
  });

  it('gives checkpoints to a person, with what to look at', () => {
    const [, look, choice] = subtasksOf(planIn(gsdText.text, gsdText.path));
    assert.ok(look);
    assert.ok(choice);
    assert.equal(look.agent, 'person');
    const [check] = look.checks;
    assert.ok(check?.type === 'manual');
    assert.match(check.config.instruction, /how to verify: Open it and search/);
    assert.equal(choice.optional, true);
    assert.match(choice.detail, /options:\n- a: Small\n- b: Large/);
  });

  it('counts a task with a gate, a manual one, and any checkpoint as work of a person', () => {
    const gates = ['auto" gate="blocking', 'manual', 'checkpoint', 'checkpoint:tdd-review'].map(
      (type) => `<task type="${type}">\n</task>`,
    );
    const subtasks = subtasksIn(planText(front, ...gates, task('Other')));
    assert.deepEqual(
      subtasks.map(({ agent }) => agent),
      ['person', 'person', 'person', 'person', null],
    );
  });

  it('is claimed by the summary beside it, or needs attention', () => {
    const text = planText(front, task('One'), task('Two'));
    const partner = path.replace('PLAN', 'SUMMARY');
    const status = (summary: string) =>
      subtasksOf(planIn(text, path, { [partner]: summary })).map((one) => one.status);
    assert.deepEqual(status('# Done'), ['claimed', 'claimed']);
    for (const word of ['complete', 'Completed', '"done"', 'passed'])
      assert.deepEqual(status(`---\nstatus: ${word}\n---\n`), ['claimed', 'claimed'], word);
    assert.deepEqual(status('---\nstatus: PAUSED\n---\n'), ['needs_attention', 'needs_attention']);
    assert.deepEqual(
      subtasksIn(text).map((one) => one.status),
      ['pending', 'pending'],
    );
  });

  it('is cancelled where another plan took its place', () => {
    const text = planText(`${front}\nstatus: superseded`, task('One'));
    assert.equal(subtasksIn(text)[0]?.status, 'cancelled');
    const partner = path.replace('PLAN', 'SUMMARY');
    const beside = (summary: string) =>
      subtasksOf(planIn(text, path, { [partner]: summary }))[0]?.status;
    assert.equal(beside('# Done'), 'claimed', 'done before it was replaced');
    assert.equal(beside('---\nstatus: halted\n---\n'), 'cancelled');
    assert.equal(
      subtasksIn(planText(`${front}\nstatus: ready`, task('One')))[0]?.status,
      'pending',
    );
  });

  it('has the name of its folder when it is a bare PLAN.md', () => {
    const plan = planIn(planText(front, task('One')), '.planning/quick/007-fix/PLAN.md');
    assert.deepEqual(
      subtasksOf(plan).map(({ id }) => id),
      ['007-fix#1'],
    );
  });
});

describe('finding the tasks of a gsd plan', () => {
  const open = '<task type="auto">';

  it('sees nothing in fences, whatever closes them', () => {
    const body = `${open}\n<action>\n\`\`\`xml\n${open}\n</task>\n\`\`\`</action>\n</task>`;
    assert.equal(subtasksIn(planText(front, body, task('Two'))).length, 2);
    const longer = `${open}\n~~~~\n~~~\n</task>\n${open}\n~~~~~\n</task>`;
    assert.equal(subtasksIn(planText(front, longer)).length, 1);
  });

  it('takes a fence that is never closed for text', () => {
    assert.equal(subtasksIn(planText(front, '```', task('One'), task('Two'))).length, 2);
  });

  it('wants tags at the start of a line', () => {
    const text = planText(
      front,
      `Use ${open} for tasks`,
      `  <task tdd="true" type='auto' >\n  </task>`,
    );
    assert.equal(subtasksIn(text).length, 1);
  });

  it('ends a task at the next one and at the end of the list', () => {
    const text = planText(
      front,
      `${open}\n<name>A</name>`,
      `${open}\n<name>B</name>\n</tasks>\n<done>x</done>`,
    );
    assert.deepEqual(
      subtasksIn(text).map(({ title }) => title),
      ['A', 'B'],
    );
    assert.equal(rulesIn(text).filter((rule) => rule === 'task-unclosed').length, 2);
    assert.equal(rulesIn(text).filter((rule) => rule === 'task-missing-done').length, 2);
  });

  it('reads features where there is no task, and headings where there is neither', () => {
    const feature = planIn(
      planText(front, '<feature>\n  <name>Parser</name>\n  <files>a.ts</files>\n</feature>'),
    );
    assert.deepEqual(feature.facts['types'], ['tdd-feature']);
    assert.deepEqual(
      subtasksOf(feature).map(({ title, files }) => [title, files]),
      [['Parser', ['a.ts']]],
    );
    const headings = planIn(
      planText(
        front,
        '## Tasks\n### Task 1: One\nbody\n#### More\n### Task 01-02 - Two\n## End\nother',
      ),
    );
    assert.equal(headings.facts['form'], 'markdown');
    assert.deepEqual(
      subtasksOf(headings).map(({ title, detail }) => [title, detail]),
      [
        ['One', 'body\n#### More'],
        ['Two', ''],
      ],
    );
  });

  it('says that a plan has no task', () => {
    const { plans, problems } = read(planText(front, '# Only prose'));
    assert.equal(plans.flatMap(subtasksOf).length, 0);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['no-tasks'],
    );
    assert.equal(plans[0]?.facts['form'], 'none');
  });

  it('takes elements of a task only where a line begins with them', () => {
    const text = planText(
      front,
      `${open}\n<action>\nsay <name>No</name>\n<name>Nor this</name>\n</action>\n<options>\n<name>Nor that</name>\n</options>\n<n>Yes</n> <files>a.ts</files>\n</task>`,
    );
    assert.deepEqual(
      subtasksIn(text).map(({ title, files }) => [title, files]),
      [['Yes', ['a.ts']]],
    );
    assert.ok(rulesIn(text).includes('task-missing-name'));
  });

  it('goes on behind an element that is never closed', () => {
    const text = planText(front, `${open}\n<action>do it\n<verify>npm test</verify>\n</task>`);
    assert.deepEqual(subtasksIn(text)[0]?.verification, ['npm test']);
  });

  it('drops notes behind the names of files', () => {
    const files = (content: string) => subtasksIn(planText(front, task('One', content)))[0]?.files;
    assert.deepEqual(files('src/a.ts (new), `src/b.ts` — added, with tests'), [
      'src/a.ts',
      'src/b.ts',
    ]);
    assert.deepEqual(files('\n- app/(site)/page.tsx (lines 1, 2)\n- Makefile\n'), [
      'app/(site)/page.tsx',
      'Makefile',
    ]);
    assert.deepEqual(files('None (look only)'), []);
    assert.deepEqual(files('depends on what is found'), []);
  });

  it('keeps offsets in files with CRLF and a byte order mark', () => {
    const text = `\uFEFF${planText(front, task('One'), task('Two'))}`.replaceAll('\n', '\r\n');
    const [, two] = subtasksIn(text);
    assert.ok(two);
    assert.equal(
      text.slice(two.range.start, two.range.end).split('\r\n').at(0),
      '<task type="auto">',
    );
    assert.equal(text.slice(0, two.range.start).split('\n').length, two.line);
    assert.ok(!rulesIn(text).includes('frontmatter-missing'));
  });
});

describe('problems of a gsd plan', () => {
  it('names every part that a task lacks, but not for gates and other types', () => {
    const bare = (type: string) => rulesIn(planText(front, `<task type="${type}">\n</task>`));
    const all = ['name', 'files', 'action', 'verify', 'done'].map((tag) => `task-missing-${tag}`);
    assert.deepEqual(bare('auto'), all);
    assert.deepEqual(bare('tracer'), all);
    assert.deepEqual(rulesIn(planText(front, '<task>\n</task>')), all);
    assert.deepEqual(bare('auto" gate="blocking'), []);
    assert.deepEqual(bare('checkpoint:decision'), []);
    for (const type of ['tdd', 'manual', 'checkpoint', 'checkpoint:manual', 'investigate'])
      assert.deepEqual(bare(type), ['unknown-task-type'], type);
  });

  it('sees missing front matter, also when a line only looks like its end', () => {
    assert.deepEqual(rulesIn(task('One')), ['frontmatter-missing']);
    assert.deepEqual(rulesIn(`---\nphase: 1\n--- x\n${task('One')}`), ['frontmatter-missing']);
    assert.deepEqual(rulesIn(`\n${planText(front, task('One'))}`), ['frontmatter-missing']);
  });

  it('compares the front matter with the tasks', () => {
    const gate = '<task type="checkpoint:human-verify">\n</task>';
    const rules = (more: string) => rulesIn(planText(`${front}\n${more}`, gate));
    assert.deepEqual(rules('autonomous: true # really'), ['checkpoint-but-autonomous']);
    assert.deepEqual(rules('autonomous: false'), []);
    assert.deepEqual(rules('wave: 2\ndepends_on: []'), ['wave-without-dependency']);
    assert.deepEqual(rules('wave: 2\ndepends_on: [01-01]'), []);
    assert.deepEqual(rules('wave: 1'), []);
  });

  it('reads dependencies in all their spellings', () => {
    const at = '.planning/phases/20-x/20-08-PLAN.md';
    const edges = (written: string) =>
      planIn(planText(`depends_on: ${written}`, task('One')), at).facts['edges'];
    const one = (id: string) => [[id, '20-08']];
    assert.deepEqual(edges('["07"]'), one('20-07'));
    assert.deepEqual(edges('7'), one('20-07'));
    assert.deepEqual(edges('\n  - "19-2-PLAN.md" # why\n'), one('19-02'));
    assert.deepEqual(edges('[\n  02.1-03-auth,\n  # no\n  19-01-FIX2\n]'), [
      ['02.1-03', '20-08'],
      ['19-01-FIX2', '20-08'],
    ]);
    assert.deepEqual(edges('03-00a, 20-01'), [
      ['03-00a', '20-08'],
      ['20-01', '20-08'],
    ]);
    assert.deepEqual(edges('["03-FIX2"]'), one('20-03-FIX2'));
    assert.deepEqual(edges('none'), []);
    assert.deepEqual(edges('[04-sdk-core]'), []);
  });

  it('reports dependencies that are short, no plan, or the plan itself', () => {
    const rules = (written: string) => rulesIn(planText(`depends_on: ${written}`, task('One')));
    assert.deepEqual(rules('["01"]'), ['short-dependency-id']);
    assert.deepEqual(rules('[04-sdk-core]'), ['dependency-not-a-plan']);
    assert.deepEqual(rules('[1-2]'), ['self-dependency']);
    assert.deepEqual(rules('["02"]'), ['self-dependency', 'short-dependency-id']);
    assert.deepEqual(rules('["02-FIX"]'), ['short-dependency-id']);
  });

  it('loses no task to a broken front matter', () => {
    const broken = 'phase: "1\nplan: [2\ndepends_on: {a: ]\n\t- x: : y\nwave: many';
    assert.equal(subtasksIn(planText(broken, task('One'))).length, 1);
  });
});
