import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CodeAction,
  commands,
  extensions,
  languages,
  Position,
  Range,
  Uri,
  window,
  workspace,
  type Location,
} from 'vscode';
import { eventually } from '../support/eventually';

const plan = `# Fixed in a window

- [ ] T01 Write
  - files: README.md
- [ ] T02 Read
  - depends: T01, T09
`;

describe('a plan in an editor', function () {
  this.timeout(60_000);
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const uri = Uri.file(join(folder, 'fixed.plan.md'));
  const line = new Range(5, 0, 5, 20);

  async function actions(): Promise<CodeAction[]> {
    return commands.executeCommand('vscode.executeCodeActionProvider', uri, line);
  }

  before(async () => {
    await writeFile(uri.fsPath, plan);
    await extensions.getExtension('runsheet.runsheet')?.activate();
    await window.showTextDocument(await workspace.openTextDocument(uri));
    await eventually(() => (languages.getDiagnostics(uri).length > 0 ? true : null));
  });

  after(async () => {
    await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(uri.fsPath);
  });

  it('leads from a dependency to its subtask', async () => {
    const found: Location[] = await commands.executeCommand(
      'vscode.executeDefinitionProvider',
      uri,
      new Position(5, 13),
    );
    assert.deepEqual(
      found.map(({ range }) => [range.start.line, range.start.character]),
      [[2, 6]],
    );
  });

  it('loses a dependency on nothing by a quick fix, and the diagnostic with it', async () => {
    const fix = await eventually(async () => {
      const found = (await actions()).find(({ title }) => title === 'Remove the dependency on T09');
      return found?.edit ?? null;
    });
    assert.ok(await workspace.applyEdit(fix));
    const document = await workspace.openTextDocument(uri);
    assert.equal(document.getText(), plan.replace(', T09', ''));
    await eventually(() => (languages.getDiagnostics(uri).length === 0 ? true : null));
    const left = await actions();
    assert.deepEqual(
      left.filter(({ title }) => title.startsWith('Remove')),
      [],
    );
  });
});
