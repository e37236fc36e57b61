import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { demoWorkbench } from './demo-workbench.js';

const subtaskCount = 15;

describe('a person who runs a plan', function () {
  this.timeout(180_000);
  // One story: what follows a step that failed would only fail slowly.
  this.bail(true);
  const demo = demoWorkbench('run-a-plan');

  const planText = () => readFile(join(demo().workspace, 'PLAN.md'), 'utf8');
  const row = (text: string | RegExp) => demo().workbench.row(text).first();
  const progress = () => demo().workbench.webview.getByRole('progressbar').first();
  const doneCount = async () => Number(await progress().getAttribute('aria-valuenow'));

  /** A button that a tree row shows while the pointer is over it. */
  async function clickOnRow(target: Locator, button: string): Promise<void> {
    await target.hover();
    await target.getByRole('button', { name: button }).click();
  }

  it('sees the plan with its subtasks, ready and waiting', async () => {
    const { workbench } = demo();
    await workbench.page.setViewportSize({ width: 1600, height: 1000 });
    await workbench.answerTrust('trust');
    await workbench.openViewContainer('Runsheet');
    await row(/A text statistics tool\s*0\/15/).waitFor();
    await row(/T01 Describe the package\s*ready/).waitFor();
    await row(/T05 Count the vocabulary\s*waiting/).waitFor();
    await workbench.screenshot('plan');
  });

  it('runs one subtask by its code lens, after reading the commands of it', async () => {
    const { workbench } = demo();
    await workbench.openFile('PLAN.md');
    await workbench.codeLens(/^Run$/).first().click();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: 'node tools/step.mjs package' }).waitFor();
    await workbench.screenshot('approval');
    await dialog.getByRole('button', { name: 'Approve and Run' }).click();
    await row(/T01 Describe the package\s*proven/).waitFor({ timeout: 60_000 });
    await row(/Today\s*1/).waitFor();
    assert.match(await planText(), /- \[x\] T01/);
    await workbench.screenshot('proven');
  });

  it('reads the transcript of the run', async () => {
    const { workbench } = demo();
    await clickOnRow(row(/T01 Describe the package\s*passed/), 'Show Diff of Run');
    await workbench.page.getByRole('tab', { name: /T01-1\.diff/ }).waitFor();
    await row(/T01 Describe the package\s*passed/).click();
    await workbench.page.getByRole('tab', { name: /T01-1\.log/ }).waitFor();
    await workbench.page.getByText('Checks on the merged tree').first().waitFor();
    await workbench.screenshot('transcript');
  });

  it('runs the whole plan, and watches the panel move', async () => {
    const { workbench } = demo();
    await workbench.runCommand('Runsheet: Open Progress Panel');
    await workbench.webview.getByRole('heading', { name: 'A text statistics tool' }).waitFor();
    assert.equal(await doneCount(), 1);
    await clickOnRow(row(/A text statistics tool/), 'Run Plan');
    await workbench.pick('Approve and Run');
    await workbench.webview
      .getByRole('button', { name: /T0\d .*\d:\d\d/ })
      .first()
      .click();
    await workbench.webview.getByRole('list', { name: 'Transcript' }).waitFor();
    await workbench.screenshot('panel');
    while ((await doneCount()) < 3) await workbench.page.waitForTimeout(200);
  });

  it('reloads the window in the middle, and the run goes on', async () => {
    const { workbench } = demo();
    await workbench.reload();
    await workbench.openViewContainer('Runsheet');
    await row(/A text statistics tool/).waitFor();
    // The panel comes back by itself, with the run that was looked at.
    await workbench.webview.getByRole('heading', { name: 'A text statistics tool' }).waitFor();
    await workbench.webview.getByRole('list', { name: 'Transcript' }).waitFor();
    // Off the activity bar, whose tooltip would lie over the views.
    await workbench.page.mouse.move(600, 500);
    await workbench.page.getByRole('tooltip').waitFor({ state: 'hidden' });
    await workbench.screenshot('reloaded');
    await row(/Program\s*3\/3/).waitFor({ timeout: 120_000 });
  });

  it('is asked at the gate, and approves it in Needs You', async () => {
    const { workbench } = demo();
    const need = row(/^Release the tool\?/);
    await need.waitFor();
    await workbench.statusBar.getByText('1 needs you').waitFor();
    assert.doesNotMatch(await planText(), /- \[x\] T12/);
    await workbench.screenshot('gate');
    await clickOnRow(need, 'Approve Gate');
    await row(/T12 Bundle the modules into one file\s*(running|being checked|proven)/).waitFor();
  });

  it('ends with every subtask proven and every box ticked', async () => {
    const { workbench } = demo();
    await row(/A text statistics tool\s*15\/15/).waitFor({ timeout: 120_000 });
    assert.equal(await doneCount(), subtaskCount);
    await workbench.webview.getByText(`${subtaskCount} proven`, { exact: true }).waitFor();
    assert.equal((await planText()).match(/- \[x\] T\d\d/g)?.length, subtaskCount);
    await workbench.screenshot('done');
  });
});
