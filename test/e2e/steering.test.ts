import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { stringify } from 'yaml';
import { EngineClient } from '../../src/protocol/engine-client.js';
import { connectToLivingEngine } from '../../src/protocol/engine-launcher.js';
import { runToEnd } from '../support/owned-process.js';
import { demoWorkbench } from './demo-workbench.js';

const fakeAgent = resolve(__dirname, '../support/fake-acp-agent.mjs');

/** How the agent behaves: a word that its program reads when it starts. */
const moodOf = (workspace: string) => join(dirname(workspace), 'mood');

/** The demo at a pace at which a person can step in, and a second plan with an agent of its own. */
async function prepare(workspace: string): Promise<void> {
  const author = join(workspace, 'tools/author.mjs');
  const text = await readFile(author, 'utf8');
  await writeFile(author, text.replace('const pace = 700', 'const pace = 90_000'));
  await writeFile(
    join(workspace, 'words.plan.md'),
    `---
title: Words of an agent
agent: moody
workers: 1
---

- [ ] X01 Write the first note
  - write:first.md
  - check: exists first.md
- [ ] X02 Write the second note
  - write:second.md
  - depends: X01
  - check: exists second.md
`,
  );
  await writeFile(moodOf(workspace), 'limit');
  const script = `FAKE_AGENT_BEHAVIOUR=$(cat "${moodOf(workspace)}") exec "${process.execPath}" "${fakeAgent}"`;
  const moody = { name: 'Moody Agent', program: '/bin/sh', args: ['-c', script] };
  await writeFile(join(workspace, 'runsheet.yml'), stringify({ agents: { moody } }));
  await runToEnd('git', ['add', '--all'], { cwd: workspace });
  await runToEnd('git', ['commit', '--quiet', '--message', 'Add a second plan'], {
    cwd: workspace,
  });
}

/** Ends the engine as a crash does. */
async function killEngine(workspace: string): Promise<void> {
  const client = { kind: 'test' as const, version: '0.0.0', pid: process.pid };
  const identity = { client, person: 'test', trusted: true, run: null };
  const link = await connectToLivingEngine({ workspace, identity });
  assert.ok(link !== null);
  using engine = new EngineClient(link);
  process.kill(link.welcome.pid, 'SIGKILL');
  await engine.closed;
}

describe('a person who steers what runs', function () {
  this.timeout(180_000);
  // One story: what follows a step that failed would only fail slowly.
  this.bail(true);
  const demo = demoWorkbench('steering', prepare);

  const row = (text: string | RegExp) => demo().workbench.row(text).first();
  const plan = () => row(/A text statistics tool/);
  const card = (key: string) =>
    demo().workbench.webview.locator('.card').filter({ hasText: key }).first();

  /** A button that a tree row shows while the pointer is over it. */
  async function clickOnRow(target: Locator, button: string): Promise<void> {
    await target.hover();
    await target.getByRole('button', { name: button }).click();
  }

  async function showInPanel(title: string): Promise<void> {
    const choice = demo().workbench.webview.getByRole('combobox', { name: 'Plan' });
    await choice.selectOption({ label: title });
  }

  async function chooseInMenu(target: Locator, entry: string): Promise<void> {
    const { page } = demo().workbench;
    await target.click({ button: 'right' });
    const item = page.getByRole('menuitem', { name: entry });
    await item.hover();
    // A click in the first moments of a menu counts as the end of the one that opened it.
    await page.keyboard.press('Enter');
    await item.waitFor({ state: 'hidden' });
  }

  it('runs a plan', async () => {
    const { workbench } = demo();
    await workbench.answerTrust('trust');
    // Not while the question comes up: it may be lost then.
    await workbench.page.setViewportSize({ width: 1600, height: 1000 });
    await workbench.openViewContainer('Runsheet');
    await workbench.widenSideBar(200);
    await plan().click();
    await row(/Foundations/).waitFor();
    await workbench.openFile('PLAN.md');
    await workbench.runCommand('Runsheet: Open Progress Panel');
    await showInPanel('A text statistics tool');
    await clickOnRow(plan(), 'Run Plan');
    await workbench.pick('Approve and Run');
    await row(/A text statistics tool\s*0\/15 · 3 running/).waitFor();
    await card('T01').waitFor();
    await workbench.screenshot('running');
  });

  it('pauses the plan from its context menu, and nothing moves any more', async () => {
    const { workbench } = demo();
    await chooseInMenu(plan(), 'Pause Plan');
    await row(/A text statistics tool\s*paused · 0\/15 · 3 paused/).waitFor();
    await row(/T01 Describe the package\s*paused with its plan/).waitFor();
    await workbench.statusBar.getByText('3 paused').waitFor();
    await workbench.webview.locator('header .notice').filter({ hasText: 'Paused by ' }).waitFor();
    const worked = () => card('T01').locator('.figures').textContent();
    const before = await worked();
    const lines = await card('T01').locator('.card-event').textContent();
    await card('T01')
      .getByText(/paused for 0:0[5-9]/)
      .waitFor();
    assert.equal(await worked(), before, 'paused time does not count');
    assert.equal(await card('T01').locator('.card-event').textContent(), lines);
    await workbench.screenshot('plan-paused');
  });

  it('resumes it by its code lens', async () => {
    const { workbench } = demo();
    await workbench
      .codeLens(/^Resume$/)
      .first()
      .click();
    await row(/A text statistics tool\s*0\/15 · 3 running/).waitFor();
    await workbench
      .codeLens(/^Pause$/)
      .first()
      .waitFor();
  });

  it('pauses one subtask, and resumes it in the panel', async () => {
    const { workbench } = demo();
    await clickOnRow(row(/T02 Turn the list/), 'Pause Subtask');
    await row(/T02 Turn the list of stop words into a module\s*Paused by /).waitFor();
    await row(/A text statistics tool\s*0\/15 · 2 running · 1 paused/).waitFor();
    await workbench.statusBar.getByText('2 running · 1 paused').waitFor();
    await card('T02')
      .getByText(/paused for/)
      .click();
    await workbench.screenshot('subtask-paused');
    await card('T02').getByRole('button', { name: 'Resume: T02' }).click();
    await row(/A text statistics tool\s*0\/15 · 3 running/).waitFor();
    await workbench.webview.locator('.event').filter({ hasText: 'resumed' }).first().waitFor();
    await workbench.screenshot('transcript');
  });

  it('cancels one subtask, after a question', async () => {
    const { workbench } = demo();
    await chooseInMenu(row(/T03 Turn the syllable table/), 'Cancel Subtask…');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: 'Cancel T03?' }).waitFor();
    await workbench.screenshot('cancel');
    await dialog.getByRole('button', { name: 'Cancel Subtask' }).click();
    await row(/T03 Turn the syllable table into a module\s*cancelled/).waitFor();
    await workbench.screenshot('cancelled');
    await clickOnRow(plan(), 'Stop Plan');
    await row(/T01 Describe the package\s*ready/).waitFor();
  });

  it('sees an agent in trouble with its reason and time, and lets it work again', async () => {
    const { workbench, workspace } = demo();
    await plan().click();
    const words = () => row(/Words of an agent/);
    await words().click();
    await showInPanel('Words of an agent');
    await workbench.page.getByRole('tab', { name: /PLAN\.md/ }).click();
    await workbench.openFile('words.plan.md');
    await clickOnRow(words(), 'Run Plan');
    await workbench.page
      .locator('.monaco-dialog-box')
      .getByRole('button', { name: 'Approve and Run' })
      .click();
    const need = row(/Moody Agent\s*tried again at \d\d:\d\d:\d\d · .*Too many requests/);
    await need.waitFor();
    await row(/X01 Write the first note\s*its agent is paused until/).waitFor();
    await workbench.statusBar.getByText(/1 waiting until/).waitFor();
    await workbench.webview
      .getByRole('group', { name: /Moody Agent: tried again at/ })
      .getByRole('button', { name: 'Resume Now: Moody Agent' })
      .waitFor();
    await workbench.screenshot('agent-in-trouble');
    await writeFile(moodOf(workspace), 'hang');
    await clickOnRow(need, 'Resume Agent Now');
    await need.waitFor({ state: 'hidden' });
    await row(/X01 Write the first note\s*running/).waitFor();
    await card('X01').waitFor();
  });

  it('continues a run that a crash of the engine has cut off', async () => {
    const { workbench, workspace } = demo();
    await card('X01').getByText('working').waitFor();
    await killEngine(workspace);
    const need = row(/X01: Write the first note\s*Its run was interrupted/);
    await need.waitFor({ timeout: 60_000 });
    await workbench
      .codeLens(/^Continue$/)
      .first()
      .waitFor();
    await workbench.screenshot('interrupted');
    await writeFile(moodOf(workspace), 'ok');
    await clickOnRow(need, 'Continue Interrupted Run');
    await need.waitFor({ state: 'hidden' });
    await row(/X01 Write the first note\s*(running|waits for you)/).waitFor();
    await workbench.screenshot('continued');
  });
});
