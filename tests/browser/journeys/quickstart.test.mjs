// Follows docs/quickstart.md to the letter, from the running stack to a signed-in browser.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

import { heading, look, newPage, step, submit } from '../support/browser.mjs';
import { freePort, workspace } from '../support/processes.mjs';
import { code, endpoint, newEmail, password } from '../support/stack.mjs';

const SERVER = 'npx vite\n';
const parent = join(workspace, 'target/quickstart');
const folder = join(parent, 'quickstart');
const email = newEmail();
const started = performance.now();
let page;
let vite;
after(() => vite && process.kill(-vite.pid));

const text = readFileSync(join(workspace, 'docs/quickstart.md'), 'utf8');
const part = text.split('<!-- quickstart -->')[1].split('<!-- /quickstart -->')[0];
const commands = [...part.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, command]) => command);
/** Each file is named at the beginning of the line before it. */
const files = [...part.matchAll(/^`(\S+)`[^\n]*:\n\n```\w+\n(.*?)^```$/gms)].map(([, name, contents]) => ({ name, contents }));

// What is in npm's cache need not be asked for again.
const env = { ...process.env, npm_config_prefer_offline: 'true' };

const shell = (command, cwd) =>
  execFileSync('bash', ['-euc', command.replaceAll('http://127.0.0.1:4566', endpoint)], { cwd, env, encoding: 'utf8' });

/** The page on a free port. */
async function serve() {
  const port = await freePort();
  const options = ['--port', `${port}`, '--strictPort'];
  vite = spawn('npx', ['vite', ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  for await (const line of createInterface({ input: vite.stdout })) {
    if (line.includes('ready in')) break;
  }
  vite.stdout.resume();
  return `http://localhost:${port}`;
}

step('the quickstart: its commands run, and its files are type-correct', async () => {
  assert.deepEqual(files.map(({ name }) => name), ['index.html', 'src/config.ts', 'src/api.ts', 'src/main.ts']);
  assert.equal(commands.pop(), SERVER);
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  // One shell for all: one of the commands enters the folder.
  shell(commands.join('\n'), parent);
  for (const { name, contents } of files) writeFileSync(join(folder, name), contents);
  const tsc = resolve(import.meta.dirname, '../node_modules/.bin/tsc');
  const options = '--noEmit --strict --target es2022 --module esnext --moduleResolution bundler --lib es2023,dom,dom.iterable';
  shell(`${tsc} ${options} --types '' --skipLibCheck src/main.ts`, folder);
});

step('the quickstart: a user signs up, confirms and is signed in', async (t) => {
  page = await newPage(await serve());
  await page.goto('/');
  await look(page, 'quickstart');
  const form = page.locator('#sign-up');
  await form.getByLabel('Your name').fill('Ada');
  await form.getByLabel('Email address').fill(email);
  await form.getByLabel('Password').fill('short');
  await form.getByRole('button').click();
  await page.getByRole('alert').filter({ hasText: 'Password' }).waitFor();
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button').click();
  await submit(page, 'Confirm', { Code: await code(email) });
  await page.getByText('"organization_required"').waitFor();
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s from the running stack to a signed-in browser`);
});

step('the quickstart: the user creates the organization', async () => {
  await submit(page, 'Create organization', { Organization: '<>' });
  await page.getByRole('alert').filter({ hasText: 'must' }).waitFor();
  await submit(page, 'Create organization', { Organization: 'Example Works' });
  await page.getByText('"complete"').waitFor();
  await page.getByText('"organization_admin"').waitFor();
  await look(page, 'quickstart-signed-in');
});

step('the quickstart: the user stays signed in, signs out, and signs in', async () => {
  await page.reload();
  await page.getByText('"Example Works"').waitFor();
  await submit(page, 'Sign out');
  const form = page.locator('#sign-in');
  await form.getByLabel('Email address').fill(email);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button').click();
  await page.getByText('"Example Works"').waitFor();
  await heading(page, 'GET /me');
});
