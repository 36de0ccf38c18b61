// A browser, and what every journey does in it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { chromium } from 'playwright-core';

import { screens } from './processes.mjs';

export const appUrl = process.env.APP_URL;
mkdirSync(screens, { recursive: true });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
after(() => browser.close());
const pages = [];
const faults = [];

/** A page in a browser profile of its own. */
export async function newPage(baseURL = appUrl) {
  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(20_000);
  context.on('weberror', (error) => faults.push(error.error()));
  context.on('console', (message) => {
    if (message.text().includes('CORS') && message.page().url().startsWith(baseURL)) faults.push(new Error(message.text()));
  });
  const page = await context.newPage();
  pages.push(page);
  return page;
}

let broken = false;

/** One step of a journey: a test that needs those before it. An error or a CORS message of any page fails it. */
export const step = (name, run) =>
  test(name, async (t) => {
    if (broken) return t.skip('an earlier step failed');
    try {
      await run(t);
      if (faults.length > 0) throw faults.pop();
    } catch (error) {
      broken = true;
      await Promise.all(pages.map((page, number) => shoot(page, `failed-${number}`)));
      throw error;
    }
  });

const shoot = (page, name) => page.screenshot({ path: join(screens, `${name}.png`), fullPage: true });

/** Keeps pictures of a page in target/browser: light and dark, wide and narrow. Nothing may stick out at the side. */
export async function look(page, name, { wide = 1280, narrow = 390 } = {}) {
  for (const [size, width] of Object.entries({ wide, narrow })) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await shoot(page, `${name}-${size}-${colorScheme}`);
    }
    const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (sticksOut > 0) throw new Error(`${name} is ${sticksOut} pixels too wide for ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Fills fields by their labels, and presses the button. */
export async function submit(page, button, values = {}) {
  for (const [label, value] of Object.entries(values)) {
    const field = page.getByLabel(label, { exact: true });
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption({ label: value });
    else await field.fill(value);
  }
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Waits for the page with this heading. */
export const heading = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** Waits for an alert, and says which error it shows. */
export const alerted = (page) => page.getByRole('alert').getAttribute('data-code');

/** Waits for an alert, and says what a person reads there. */
export const alertText = (page) => page.getByRole('alert').innerText();
