import type { Locator } from 'playwright-core';
import { escapeRegExp, type Workbench } from '../support/vscode-host/workbench.js';

/** What each icon of a status says, so that a row can be written down in a line. */
const icons: Readonly<Record<string, string>> = {
  unverified: 'claimed',
  verified: 'accepted',
  'circle-large': 'ready',
  ellipsis: 'waiting',
  'play-circle': 'begun',
  'circle-slash': 'blocked',
  'debug-step-over': 'left out',
  warning: 'needs you',
  lock: 'gate',
  milestone: 'open',
};

interface SeenRow {
  /** From 0 at the top of the view. */
  index: number;
  /** From 1: plan, phase, subtask. */
  level: number;
  label: string;
  description: string;
  /** The codicon. */
  icon: string;
}

/** Indented by its level: its icon, its label, and the first words beside that. */
function inLine({ level, label, description, icon }: SeenRow): string {
  const words = description.split(' · ', 1)[0] ?? '';
  return `${'  '.repeat(level - 2)}${icons[icon] ?? icon} | ${label} | ${words}`;
}

/** The Plans view, used with the mouse. */
export class PlansTree {
  constructor(private readonly workbench: Workbench) {}

  /** Gives the view the whole side bar, in a window of that height: rows out of sight are not there. */
  async open(height: number): Promise<void> {
    const { workbench } = this;
    await workbench.page.setViewportSize({ width: 1700, height });
    await workbench.openViewContainer('Runsheet');
    await workbench.widenSideBar(420);
    await workbench.sideBar.locator('.monaco-list-row[aria-level="1"]').first().waitFor();
    for (const other of ['Needs You', 'Runs']) {
      // The first one is there only when somebody is needed.
      const header = workbench.sideBar.locator('.pane-header.expanded').filter({ hasText: other });
      if ((await header.count()) > 0) await header.click();
    }
  }

  /** The row of a plan by its title, or by the path that it shows when it has a namesake. */
  plan(name: string): Locator {
    const text = escapeRegExp(name);
    return this.workbench.sideBar
      .locator('.monaco-list-row[aria-level="1"]')
      .filter({ hasText: new RegExp(`^\\s*${text}\\s*\\d+/\\d|· ${text}\\s*$`) });
  }

  /** Opens a plan, which is the only open one, and gives what is seen below it, a line for each row. */
  async expand(name: string): Promise<string[]> {
    if ((await this.plan(name).getAttribute('aria-expanded')) !== 'true')
      await this.plan(name).click();
    await this.below.first().waitFor();
    const rows = (await this.rows()).sort((a, b) => a.index - b.index);
    return rows.filter(({ level }) => level > 1).map(inLine);
  }

  async collapse(name: string): Promise<void> {
    await this.plan(name).click();
    await this.below.first().waitFor({ state: 'detached' });
  }

  /** Takes an entry of a row's context menu. */
  async chooseInMenu(target: Locator, entry: string): Promise<void> {
    const { page } = this.workbench;
    // The tooltip of another row may lie on this one.
    await page.mouse.move(0, 0);
    await target.click({ button: 'right' });
    const item = page.getByRole('menuitem', { name: entry });
    await item.hover();
    // A click in the first moments of a menu counts as the end of the one that opened it.
    await page.keyboard.press('Enter');
    await item.waitFor({ state: 'hidden' });
  }

  /** What is shown while the pointer rests on the row of a plan. */
  async tooltip(name: string): Promise<string> {
    const hover = this.workbench.page.locator('.monaco-hover').filter({ hasText: name }).first();
    await this.plan(name).hover();
    await hover.waitFor();
    return hover.innerText();
  }

  private get below(): Locator {
    return this.workbench.sideBar.locator('.monaco-list-row[aria-level="2"]');
  }

  private rows(): Promise<SeenRow[]> {
    return this.workbench.sideBar.locator('.monaco-list-row').evaluateAll((rows) =>
      rows.map((row) => ({
        index: Number(row.getAttribute('data-index')),
        level: Number(row.getAttribute('aria-level')),
        label: row.querySelector('.label-name')?.textContent ?? '',
        description: row.querySelector('.label-description')?.textContent ?? '',
        icon:
          /codicon-([\w-]+)/.exec(
            row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '',
          )?.[1] ?? '',
      })),
    );
  }
}
