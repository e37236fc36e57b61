import assert from 'node:assert/strict';
import { EditorClient } from '../../support/editor-client';
import { EngineWorld } from '../../support/engine-world';
import { eventually } from '../../support/eventually';

const path = 'demo.plan.md';
const text =
  '# Demo\n\n- [ ] T01 One\n  - files: src/one.ts\n- [ ] T02 Two\n  - depends: T01, T09\n';

/** An editor in front of a workspace with these files. */
function withEditor(
  files: Readonly<Record<string, string>>,
  work: (editor: EditorClient, world: EngineWorld) => Promise<void>,
  capabilities: object = {},
): Promise<void> {
  return EngineWorld.with(files, async (engine) => {
    const link = await engine.link();
    using editor = await EditorClient.on(link, engine.world.workspace, capabilities);
    await work(editor, engine);
  });
}

const task = (id: string, dependencies: string, rest = '') =>
  `---\nid: ${id}\ntitle: About ${id}\nstatus: To Do\ndependencies: [${dependencies}]\n---\n${rest}`;

const backlog = {
  'backlog/tasks/task-1 - One.md': task('task-1', ''),
  'backlog/tasks/task-2 - Two.md': task('task-2', 'task-1'),
  'backlog/tasks/task-3 - Three.md': task('task-3', 'task-1, task-2'),
};

describe('the language service', () => {
  it('offers the quick fixes of a line, with edits for the version that was read', async () => {
    await withEditor({ [path]: text }, async (editor) => {
      await editor.open(path, text);
      const [action, ...others] = await editor.actions(path, 5);
      assert.deepEqual(others, []);
      assert.equal(action?.title, 'Remove the dependency on T09');
      assert.equal(action.kind, 'quickfix');
      assert.equal(action.isPreferred, true);
      assert.deepEqual(
        action.diagnostics?.map(({ code }) => code),
        ['dangling-dependency'],
      );
      assert.deepEqual(editor.after(action), new Map([[path, text.replace(', T09', '')]]));
      assert.deepEqual(await editor.actions(path, 2), []);
      assert.deepEqual(await editor.actions(path, 5, ['refactor']), []);
    });
  });

  it('offers nothing more once the fix is made', async () => {
    await withEditor({ [path]: text }, async (editor) => {
      await editor.open(path, text);
      await editor.change(path, text.replace(', T09', ''), 2);
      assert.deepEqual(await editor.actions(path, 5), []);
    });
  });

  it('changes other files of a plan by the same action', async () => {
    const sprint = '_bmad-output/sprint-status.yaml';
    const story = '_bmad-output/1-1-login.md';
    const files = {
      [sprint]: 'development_status:\n  epic-1: in-progress\n  1-1-login: in-progress\n',
      [story]: '# Story 1.1: Login\n\nStatus: review\n\n## Tasks\n\n- [ ] One\n',
    };
    await withEditor(files, async (editor) => {
      await editor.open(sprint, files[sprint]);
      const actions = await editor.actions(sprint, 2);
      const changes = actions.map(({ edit }) =>
        (edit?.documentChanges ?? []).map((change) =>
          'edits' in change ? editor.pathOf(change.textDocument.uri) : '',
        ),
      );
      assert.deepEqual(changes, [[story], [sprint]]);
    });
  });

  it('asks for a look at what changes more than its own place, where the editor can', async () => {
    const list = 'feature_list.json';
    const entries = [[], [0], [1], [3]].map((indices, place) => {
      return { name: `F${place}`, passes: false, depends_on_indices: indices };
    });
    const source = JSON.stringify(entries);
    const canPreview = { workspaceEdit: { changeAnnotationSupport: {}, documentChanges: true } };
    await withEditor(
      { [list]: source },
      async (editor) => {
        await editor.open(list, source);
        const [shift] = await editor.actions(list, 0);
        assert.match(shift?.title ?? '', /^Lower the dependency index/);
        const notes = Object.values(shift?.edit?.changeAnnotations ?? {});
        assert.deepEqual(
          notes.map(({ needsConfirmation }) => needsConfirmation),
          [true],
        );
      },
      canPreview,
    );
  });

  it('ticks a phase of a roadmap when a person asks for it', async () => {
    const roadmap = '.planning/ROADMAP.md';
    const files = {
      [roadmap]: '# Roadmap: Demo\n- [ ] **Phase 1: Base** - first\n- [x] 01-01-PLAN.md — a\n',
      '.planning/phases/01-base/01-01-PLAN.md': '---\nphase: 1\nplan: 1\n---\n### Task 1: One\n',
      '.planning/phases/01-base/01-01-SUMMARY.md': '# Done\n',
    };
    await withEditor(files, async (editor) => {
      await editor.open(roadmap, files[roadmap]);
      const [action, ...others] = await editor.actions(roadmap, 1);
      assert.deepEqual(others, []);
      assert.equal(action?.title, 'Tick phase 1');
      assert.equal(action.kind, 'refactor.rewrite');
      const ticked = files[roadmap].replace('[ ]', '[x]');
      assert.deepEqual(editor.after(action), new Map([[roadmap, ticked]]));
      assert.deepEqual(await editor.actions(roadmap, 1, ['quickfix']), []);
    });
  });

  it('leads from an id to the file in which its task stands, and to all that name it', async () => {
    await withEditor(backlog, async (editor) => {
      const three = 'backlog/tasks/task-3 - Three.md';
      await editor.open(three, backlog[three]);
      const at = { line: 4, character: '---\ndependencies: [task-1, ta'.length - 4 };
      const found = await editor.definition(three, at);
      assert.deepEqual(
        found?.map(({ uri, range }) => [editor.pathOf(uri), range.start.line]),
        [['backlog/tasks/task-2 - Two.md', 1]],
      );
      const first = { line: 4, character: 'dependencies: [ta'.length };
      const references = await editor.references(three, first);
      assert.deepEqual(
        references.map(({ uri, range }) => [editor.pathOf(uri), range.start.line]),
        [
          [three, 4],
          ['backlog/tasks/task-1 - One.md', 1],
          ['backlog/tasks/task-2 - Two.md', 4],
        ],
      );
    });
  });

  it('reads an open file of a plan as it stands in the editor, for its other files too', async () => {
    await withEditor(backlog, async (editor) => {
      const [one, two] = [
        'backlog/tasks/task-1 - One.md',
        'backlog/tasks/task-2 - Two.md',
      ] as const;
      await editor.open(two, backlog[two]);
      await editor.open(one, backlog[one]);
      await editor.change(one, task('task-7', ''), 2);
      const found = await eventually(() => {
        const rules = editor.diagnostics.get(two)?.map(({ code }) => code) ?? [];
        return rules.length === 0 ? null : rules;
      });
      assert.deepEqual(found, ['dangling-dependency']);
    });
  });

  it('links the paths that are there, and no others', async () => {
    const plan = `${text}  - files: src/gone.ts\nSee @docs/notes.md, ../outside.md and https://example.org/src/one.ts.\n`;
    const files = { [path]: plan, 'src/one.ts': '', 'docs/notes.md': '# Notes\n' };
    await withEditor(files, async (editor) => {
      await editor.open(path, plan);
      const links = await editor.links(path);
      assert.deepEqual(
        links.map(({ range, target }) => [range.start.line, editor.pathOf(target ?? '')]),
        [
          [3, 'src/one.ts'],
          [7, 'docs/notes.md'],
        ],
      );
    });
  });

  it('finds subtasks of all plans by letters of their ids and titles', async () => {
    await withEditor({ ...backlog, [path]: text }, async (editor) => {
      const named = async (query: string) =>
        (await editor.symbols(query)).map(({ name, location }) => {
          return `${name} ${editor.pathOf(location.uri)}:${location.range.start.line + 1}`;
        });
      assert.deepEqual(await named('abtask2'), [
        'task-2 About task-2 backlog/tasks/task-2 - Two.md:2',
      ]);
      assert.deepEqual(await named('t02 two'), ['T02 Two demo.plan.md:5']);
    });
  });
});
