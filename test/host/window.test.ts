import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commands,
  ConfigurationTarget,
  extensions,
  languages,
  Range,
  Uri,
  window,
  workspace,
  WorkspaceEdit,
  type TextDocument,
} from 'vscode';
import { EngineClient } from '../../src/protocol/engine-client';
import { connectToLivingEngine } from '../../src/protocol/engine-launcher';
import {
  approveCommands,
  engineStatus,
  listRuns,
  previewRun,
  subscribe,
} from '../../src/protocol/messages';
import { specOfSubtask } from '../../src/protocol/spec-messages';
import type { RunView, SubtaskView } from '../../src/protocol/views';
import { commandIds } from '../../src/ui/command-ids';
import { endEngine } from '../support/end-engine';
import { eventually } from '../support/eventually';

const plan = `---
title: In a window
agent: command
---

## Phase

- [ ] T01 Write a file
  - run: echo hello > hello.txt
  - check: test -s hello.txt
- [ ] T02 Take a while
  - run: for step in 1 2 3; do echo "step $step"; sleep 0.3; done; echo done > slow.txt
  - check: exists slow.txt
- [ ] T03 Write another file
  - run: echo other > other.txt
  - check: test -s other.txt
`;

const identity = {
  client: { kind: 'test' as const, version: '0.0.0', pid: process.pid },
  person: 'test',
  trusted: true,
  run: null,
};

describe('the extension in a window with a plan', function () {
  this.timeout(60_000);
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const planUri = Uri.file(join(folder, 'window.plan.md'));
  let planId = '';

  /** A second client of the window's engine, for as long as it asks. */
  async function asking<T>(ask: (client: EngineClient) => Promise<T>): Promise<T> {
    const link = await eventually(() => connectToLivingEngine({ workspace: folder, identity }));
    using client = new EngineClient(link);
    return await ask(client);
  }

  async function subtask(key: string): Promise<SubtaskView | null> {
    const wish = { plans: true, needs: false, runs: null, events: [] };
    const { subtasks } = await asking((client) => client.request(subscribe, wish));
    return subtasks.find((one) => one.key === key) ?? null;
  }

  async function runOf(key: string): Promise<RunView> {
    const { runs } = await asking((client) => client.request(listRuns, { planId, limit: 100 }));
    const run = runs.find((one) => one.subtaskKey === key);
    assert.ok(run !== undefined, `${key} has no run`);
    return run;
  }

  const isProven = (key: string) =>
    eventually(async () => ((await subtask(key))?.proof === 'proven' ? true : null));

  const textOf = (document: TextDocument, part: string) =>
    eventually(() => (document.getText().includes(part) ? document.getText() : null));

  before(async () => {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
    await writeFile(planUri.fsPath, plan);
    git('init', '--initial-branch=main');
    git('config', 'user.name', 'Test');
    git('config', 'user.email', 'test@example.invalid');
    git('add', '.');
    git('commit', '--message', 'Begin');
    // In a browser VS Code saves by itself.
    await workspace.getConfiguration('files').update('autoSave', 'off', ConfigurationTarget.Global);
    await extensions.getExtension('runsheet.runsheet')?.activate();
    planId = await eventually(async () => (await subtask('T01'))?.planId ?? null);
    await asking(async (client) => {
      const { commands: listed } = await client.request(previewRun, { planId });
      const hashes = listed.map((one) => one.hash);
      await client.request(approveCommands, { planId, hashes });
    });
  });

  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await endEngine(folder);
  });

  it('shows a subtask where it stands in its file', async () => {
    await commands.executeCommand(commandIds.openAtLine, { planId, key: 'T02' });
    const editor = window.activeTextEditor;
    assert.equal(editor?.document.uri.fsPath, planUri.fsPath);
    assert.match(editor.document.lineAt(editor.selection.active.line).text, /T02/);
  });

  it('runs a subtask whose commands were approved, and ticks its box', async () => {
    await commands.executeCommand(commandIds.runSubtask, { planId, key: 'T01' });
    await isProven('T01');
    await eventually(async () => {
      const text = await readFile(planUri.fsPath, 'utf8');
      return text.includes('- [x] T01') ? text : null;
    });
  });

  it('shows the diff of a run', async () => {
    const run = await runOf('T01');
    await commands.executeCommand(commandIds.showRunDiff, { planId, id: run.id });
    const document = window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'diff');
    assert.match(document.getText(), /^\+hello$/m);
  });

  it('shows a transcript that grows while its run goes on', async () => {
    await commands.executeCommand(commandIds.runSubtask, { planId, key: 'T02' });
    const run = await eventually(() => runOf('T02').catch(() => null));
    await commands.executeCommand(commandIds.showRun, { planId, id: run.id });
    const document = window.activeTextEditor?.document;
    assert.ok(document !== undefined);
    assert.ok(!document.getText().includes('Checks on the merged tree'));
    await textOf(document, 'step 3');
    await textOf(document, 'Checks on the merged tree: passed');
  });

  it('opens the spec of a subtask, shows what is refused, and keeps what is saved', async () => {
    await commands.executeCommand(commandIds.editSpec, { planId, key: 'T01' });
    const document = window.activeTextEditor?.document;
    assert.ok(document !== undefined);
    assert.equal(document.languageId, 'json');
    const turns = async (before: number, after: number) => {
      const text = `"max_turns": ${String(before)}`;
      const start = document.positionAt(document.getText().indexOf(text));
      const range = new Range(start, start.translate(0, text.length));
      const edit = new WorkspaceEdit();
      edit.replace(document.uri, range, `"max_turns": ${String(after)}`);
      await workspace.applyEdit(edit);
      return document.save().then(Boolean, () => false);
    };
    assert.equal(await turns(50, 0), false);
    const [problem] = await eventually(() => {
      const all = languages.getDiagnostics(document.uri);
      return all.length > 0 ? all : null;
    });
    assert.match(document.lineAt(problem?.range.start.line ?? 0).text, /max_turns/);
    assert.equal(await turns(0, 60), true);
    const view = await asking((client) =>
      client.request(specOfSubtask, { planId, key: 'T01', derived: false }),
    );
    assert.deepEqual([view.origin, view.spec.max_turns], ['person', 60]);
    await commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('ticks a box in an unsaved document without saving it', async () => {
    const document = await workspace.openTextDocument(planUri);
    const editor = await window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(document.lineAt(4).range.end, 'An unsaved remark.'));
    await commands.executeCommand(commandIds.runSubtask, { planId, key: 'T03' });
    await isProven('T03');
    const text = await textOf(document, '- [x] T03');
    assert.ok(text.includes('An unsaved remark.'));
    assert.ok(document.isDirty);
    assert.match(await readFile(planUri.fsPath, 'utf8'), /- \[ \] T03/);
    await commands.executeCommand('workbench.action.files.revert');
  });

  it('goes on with a new engine when the old one is killed', async () => {
    const { pid } = await asking((client) => client.request(engineStatus, {}));
    process.kill(pid, 'SIGKILL');
    const fresh = await eventually(async () => {
      const status = await asking((client) => client.request(engineStatus, {})).catch(() => null);
      return status !== null && status.pid !== pid ? status : null;
    });
    assert.notEqual(fresh.pid, pid);
    // The window itself asks the new engine.
    await commands.executeCommand('workbench.action.closeAllEditors');
    const run = await runOf('T01');
    await commands.executeCommand(commandIds.showRun, { planId, id: run.id });
    assert.match(window.activeTextEditor?.document.getText() ?? '', /T01 Write a file/);
  });
});
