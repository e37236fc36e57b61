import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, extensions, window, workspace } from 'vscode';
import { commandIds } from '../../src/ui/command-ids';
import { eventually } from '../support/eventually';

const old = `# Project Status

## Vendors (3 total)
- acme: operational (10/12 tests passed, 2 skipped) [Excel] v1.2.3
`;

describe('status reports in a window', function () {
  this.timeout(60_000);
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const source = join(folder, 'old.project_status.md');
  const report = join(folder, '.project_status.md');

  const shown = (part: string) =>
    eventually(() => {
      const text = window.activeTextEditor?.document.getText() ?? '';
      return text.includes(part) ? text : null;
    });

  before(async () => {
    await writeFile(source, old);
    await extensions.getExtension('runsheet.runsheet')?.activate();
  });

  after(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await rm(source, { force: true });
    await rm(report, { force: true });
  });

  it('are shown before they are imported, and stored when a person says so', async () => {
    const work = commands.executeCommand(commandIds.importReport);
    const isOver = { value: false };
    const over = Promise.resolve(work).finally(() => (isOver.value = true));
    // The file is the only one; then the account is shown and asked about.
    const accept = async () => {
      await commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return isOver.value ? true : null;
    };
    await eventually(accept);
    await over;
    const text = await shown('What the file holds is stored.');
    assert.match(text, /\| Vendors \| 3 \| 1 \| 1 \| 1 \| 0 \|/);
    assert.equal(window.activeTextEditor?.document.uri.scheme, 'runsheet-import');
    assert.equal(await readFile(source, 'utf8'), old);
  });

  it('are written from the database and opened', async () => {
    await commands.executeCommand(commandIds.writeReport);
    const text = await shown('## Operational Vendors (1/1)');
    assert.equal(await readFile(report, 'utf8'), text);
  });
});
