import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser, openPage } from './browser.js';
import { chromium } from './debian.js';
import { installVsCode } from './install.js';
import { VsCodeServer, type ServerOptions } from './server.js';

export interface WorkbenchOptions extends ServerOptions {
  /** Absolute path of the folder to open. */
  workspace: string;
  /** Where screenshots go. */
  screenshots: string;
}

/** A VS Code workbench in a headless browser, used as a person uses it. */
export class Workbench {
  private shots = 0;

  private constructor(
    /** For what this class has no word for. */
    readonly page: Page,
    private readonly browser: Browser,
    private readonly server: VsCodeServer,
    private readonly options: WorkbenchOptions,
  ) {}

  /** Installs the extensions, starts the server and a browser, and opens the folder. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const report = (line: string): void => void process.stdout.write(`${line}\n`);
    const [host, program] = await Promise.all([installVsCode(report), chromium(report)]);
    await mkdir(options.screenshots, { recursive: true });
    const server = await VsCodeServer.start(host, options);
    let browser: Browser | undefined;
    try {
      browser = await launchBrowser(program);
      const page = await openPage(browser);
      page.setDefaultTimeout(30_000);
      const workbench = new Workbench(page, browser, server, options);
      await page.goto(server.workbenchUrl(options.workspace));
      await workbench.ready();
      return workbench;
    } catch (error) {
      await browser?.close();
      await server.stop();
      throw error;
    }
  }

  /** The side bar of the view container that is open. */
  get sideBar(): Locator {
    return this.page.locator('.part.sidebar');
  }

  /** Makes room for what the rows of trees say. */
  async widenSideBar(by: number): Promise<void> {
    const box = await this.sideBar.boundingBox();
    if (box === null) throw new Error('The side bar is closed.');
    const [edge, middle] = [box.x + box.width, box.y + box.height / 2];
    await this.page.mouse.move(edge, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(edge + by, middle, { steps: 5 });
    await this.page.mouse.up();
  }

  get statusBar(): Locator {
    return this.page.locator('.part.statusbar');
  }

  /** Answers VS Code's question whether the authors of the folder are trusted. */
  async answerTrust(answer: 'trust' | 'restrict'): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: 'Do you trust the authors' }).waitFor();
    const name = answer === 'trust' ? /^Yes, I trust/ : /^No, I don't trust/;
    await dialog.getByRole('button', { name }).click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Clicks a view container in the activity bar by its title. */
  async openViewContainer(title: string): Promise<void> {
    await this.page.locator('.part.activitybar').getByRole('tab', { name: title }).click();
  }

  /** Rows of trees in the side bar that contain the text. */
  row(text: string | RegExp): Locator {
    return this.sideBar.locator('.monaco-list-row').filter({ hasText: text });
  }

  /** Runs a command by its title through the command palette. */
  async runCommand(title: string): Promise<void> {
    await this.quickPick('F1', `>${title}`, title);
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.quickPick('Control+P', name, name);
  }

  /**
   * Opens a quick pick with a key, types into it and takes an entry. Whatever takes the focus in
   * between closes it (a view that opens, an extension host that starts anew), as it does to a
   * person, who then presses the key again.
   */
  private async quickPick(key: string, text: string, entry: string): Promise<void> {
    const patience = { timeout: 5000 };
    for (let attempts = 1; ; attempts++) {
      try {
        await this.page.keyboard.press(key);
        await this.quickInput.fill(text, patience);
        await this.entry(entry).click(patience);
        return;
      } catch (error) {
        if (attempts === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Takes the first entry of the open quick pick that contains the text. */
  async pick(text: string): Promise<void> {
    await this.entry(text).click();
  }

  private entry(text: string): Locator {
    const list = this.page.locator('.quick-input-list .monaco-list-row');
    return list.filter({ hasText: text }).first();
  }

  /** The tab of the editor that is in front. */
  frontTab(text: string): Locator {
    return this.page.locator(`.editor-group-container.active .tab.active[aria-label*="${text}"]`);
  }

  /** Waits until the cursor stands at the beginning of a line of a file. */
  async stands(fileName: string, line: number): Promise<void> {
    await this.frontTab(fileName).waitFor();
    await this.statusBar
      .getByText(`Ln ${String(line)}, Col 1`)
      .first()
      .waitFor();
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget input.input');
  }

  /** A notification that contains the text. */
  notification(text: string | RegExp): Locator {
    const items = this.page.locator('.notifications-toasts .notification-list-item');
    return items.filter({ hasText: text }).first();
  }

  codeLens(text: string | RegExp): Locator {
    return this.page.locator('.codelens-decoration a').filter({ hasText: text });
  }

  /** The document of the open webview. It lies two frames deep: the outer one holds the service worker. */
  get webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** Saves a picture as `NN-name.png`. */
  async screenshot(name: string): Promise<void> {
    const number = String(++this.shots).padStart(2, '0');
    const path = join(this.options.screenshots, `${number}-${name}.png`);
    await this.page.screenshot({ path });
  }

  /** Reloads the window, as a person does to get rid of a stuck one: the extension host is started anew. */
  async reload(): Promise<void> {
    // Reloading the page itself would not let the workbench save its state.
    const loaded = this.page.waitForEvent('load');
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  serverLog(): Promise<string> {
    return this.server.log();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  private async ready(): Promise<void> {
    await this.statusBar.waitFor();
  }
}

/** The text as a pattern that matches it literally. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
