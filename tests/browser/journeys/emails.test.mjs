// Pictures of every email in every language. People read them at the widths of a telephone and of a reading pane.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { look, newPage, step } from '../support/browser.mjs';
import { workspace } from '../support/processes.mjs';

const preview = ['run', '--quiet', '-p', 'invitation-mailer', '--example', 'previews'];
// The address of the example app means nothing in an email.
const env = { ...process.env, APP_URL: 'https://app.example.com' };
execFileSync('cargo', preview, { cwd: workspace, env, stdio: ['ignore', 'ignore', 'inherit'] });
const folder = join(workspace, 'target/mails');
const page = await newPage();

for (const email of ['invitation', 'reminder', 'accepted']) {
  step(`the email ${email} fits in every language, light and dark, wide and narrow`, async () => {
    const files = readdirSync(join(folder, email)).filter((name) => name.endsWith('.html'));
    assert.notEqual(files.length, 0);
    for (const file of files) {
      await page.goto(pathToFileURL(join(folder, email, file)).href);
      await look(page, `email-${email}-${file.replace('.html', '')}`, { wide: 900, narrow: 380 });
    }
  });
}
