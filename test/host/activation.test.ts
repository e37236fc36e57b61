import assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';
import { commandIds } from '../../src/ui/command-ids.js';

describe('the extension', () => {
  it('activates', async () => {
    const extension = extensions.getExtension('runsheet.runsheet');
    assert.ok(extension !== undefined, 'VS Code does not know it');
    await extension.activate();
    assert.ok(extension.isActive);
  });

  it('registers every command', async () => {
    const registered = new Set(await commands.getCommands(true));
    const missing = Object.values(commandIds).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});
