import { chromium as playwright, type Browser, type Page } from 'playwright-core';

const loopback = new Set(['127.0.0.1', 'localhost']);

/** Starts a headless Chromium; it also runs as root, as it must in a container. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return playwright.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page that reaches this machine only: a request to any other host is cut off at once. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
  });
  await context.route(
    (url) => !loopback.has(url.hostname),
    (route) => route.abort('blockedbyclient'),
  );
  return context.newPage();
}
