// Invitations that cannot be accepted: what the page says, and what the reader does next.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { alerted, alertText, heading, look, step, submit } from '../support/browser.mjs';
import { organizationAdmin, invite, openInvitations, openLink, person, press, register, rowOf, signIn } from '../support/people.mjs';
import { code, createUser, expireInvitation, invitationLink, invitationLinks, password } from '../support/stack.mjs';
import { workspace } from '../support/processes.mjs';

const ada = await organizationAdmin('Ada', 'Example Works');

/** Opens a link that is not good any more, and says what the page says. */
async function refused(page, link) {
  await page.goto(link);
  await page.waitForURL('**/invitations/accept');
  await heading(page, 'Invitation');
  return alertText(page);
}

/** The row of an invitation in the organization's list. */
const row = (invited) => rowOf(ada.page, invited);

const showStatus = async (name) => {
  await openInvitations(ada);
  await ada.page.getByRole('link', { name, exact: true }).click();
  await ada.page.locator('.tabs [aria-current]', { hasText: name }).waitFor();
};

step('the wrong account is told so, and the right one accepts in the same tab', async () => {
  const frank = await person('Frank');
  await invite(ada, frank.email, 'Billing admin');
  await frank.page.goto('/sign-up');
  await register(frank);
  await heading(frank.page, 'You are invited');

  // Eve is signed in where Frank opens his link.
  const eve = await organizationAdmin('Eve', 'Eves Trees');
  const { page } = eve;
  await openLink({ page, email: frank.email });
  await submit(page, `Accept as ${eve.email}`);
  assert.equal(
    await alertText(page),
    `You are signed in as ${eve.email}. The invitation is for another email address. Sign in with the address at which it arrived.`,
  );
  await look(page, 'wrong-account');
  await submit(page, 'Sign in with another account');
  await heading(page, 'Sign in');
  await signIn({ page, email: frank.email });
  await heading(page, 'Join Example Works');
  await submit(page, `Accept as ${frank.email}`);
  await heading(page, 'Your organizations');
  await page.getByRole('heading', { name: 'Example Works' }).waitFor();
});

step('an account whose address is not verified verifies it, and comes back to the invitation', async () => {
  const pia = await person('Pia');
  const { page, email } = pia;
  await createUser(email, 'a temporary phrase');
  await invite(ada, email, 'Member');
  await openLink(pia);
  await page.getByRole('link', { name: 'Sign in to accept' }).click();
  await signIn(pia, 'a temporary phrase');
  await submit(page, 'Set password', { 'New password': password });
  await submit(page, `Accept as ${email}`);
  assert.equal(await alertText(page), `Your email address ${email} is not verified. Verify it, then accept the invitation.`);
  await look(page, 'email-not-verified');
  await page.getByRole('link', { name: 'Verify', exact: true }).click();
  await submit(page, 'Send a code');
  const label = `Code sent to ${email}`;
  await page.getByLabel(label).waitFor();
  await submit(page, 'Verify', { [label]: await code(email) });
  await submit(page, `Accept as ${email}`);
  await heading(page, 'Your organizations');
});

step('a declined invitation says so when it is opened again, and the organization invites again', async () => {
  const gus = await person('Gus');
  await invite(ada, gus.email, 'Member');
  const link = await invitationLink(gus.email);
  await openLink(gus);
  await submit(gus.page, 'Decline');
  await gus.page.getByText('You declined the invitation. The organization can invite you again.').waitFor();
  assert.equal(
    await refused(gus.page, link),
    'This invitation was declined. If you want to join, ask the organization to invite you again. If you have a newer email, open its link.',
  );
  await look(gus.page, 'link-declined');
  await showStatus('Declined');
  await row(gus).waitFor();
  assert.equal(await row(gus).getByRole('button').count(), 0);
  await invite(ada, gus.email, 'Member');
  await gus.page.goto((await invitationLinks(gus.email, 2)).at(-1));
  await heading(gus.page, 'Join Example Works');
});

step('an expired link says so, also where the page was open before, and works no more after the resend', async () => {
  const hal = await person('Hal');
  const { page, email } = hal;
  const expired = 'This invitation has expired. Ask the person who invited you to send it again. If you have a newer email, open its link.';
  await invite(ada, email, 'Member');
  const link = await invitationLink(email);
  await openLink(hal);
  await page.getByRole('link', { name: 'Sign up to accept' }).click();
  await register(hal);
  await page.getByRole('button', { name: `Accept as ${email}` }).waitFor();
  await expireInvitation(email);
  await submit(page, `Accept as ${email}`);
  assert.equal(await alertText(page), expired);
  assert.equal(await refused(page, link), expired);
  await look(page, 'link-expired');

  await showStatus('Expired');
  await look(ada.page, 'invitations-expired');
  await press(row(hal), 'Send again');
  await row(hal).getByText('The invitation is on its way, with a new link.').waitFor();
  const links = await invitationLinks(email, 2);
  assert.equal(await refused(page, link), expired);
  await page.goto(links[1]);
  await submit(page, `Accept as ${email}`);
  await heading(page, 'Your organizations');
});

step('a revoked link says so', async () => {
  const kim = await person('Kim');
  await invite(ada, kim.email, 'Member');
  await openLink(kim);
  await press(row(kim), 'Revoke');
  await ada.page.getByText(`You revoked the invitation to ${kim.email}.`).waitFor();
  // The page was open before.
  await submit(kim.page, 'Decline');
  assert.equal(await alerted(kim.page), 'invitation-revoked');
  assert.equal(
    await refused(kim.page, await invitationLink(kim.email)),
    'The organization revoked this invitation. If you have a newer email, open its link.',
  );
  await look(kim.page, 'link-revoked');
});

step('the inviter has left: another member sends the invitation again, and the first link works', async () => {
  const [uma, max] = [await person('Uma'), await person('Max')];
  await invite(ada, uma.email, 'User admin');
  await openLink(uma);
  await uma.page.getByRole('link', { name: 'Sign up to accept' }).click();
  await register(uma);
  await submit(uma.page, `Accept as ${uma.email}`);
  await heading(uma.page, 'Your organizations');
  await invite(uma, max.email, 'Member');
  await openLink(max);
  await max.page.getByRole('link', { name: 'Sign up to accept' }).click();
  await register(max);
  await heading(max.page, 'Join Example Works');

  await ada.page.goto('/');
  await ada.page.getByRole('link', { name: 'Members' }).click();
  await press(row(uma), 'Remove');
  await row(uma).waitFor({ state: 'detached' });
  await submit(max.page, `Accept as ${max.email}`);
  assert.equal(
    await alertText(max.page),
    'The person who invited you can no longer do so. Ask another member of the organization to send the invitation again. This link then works.',
  );
  await look(max.page, 'inviter-lost-authority');
  await openInvitations(ada);
  await press(row(max), 'Send again');
  await row(max).getByText('The invitation is on its way, with a new link.').waitFor();
  await max.page.reload();
  await submit(max.page, `Accept as ${max.email}`);
  await heading(max.page, 'Your organizations');
});

step('the guide has the errors of which the page has words, and the code of the app', () => {
  const read = (path) => readFileSync(join(workspace, path), 'utf8');
  const section = (title) => read('docs/guides/front-end.md').split(`\n## ${title}\n`)[1].split('\n## ')[0];
  const codes = (text, pattern) => [...text.matchAll(pattern)].map(([, code]) => code).sort();
  const documented = codes(section('The invitation page'), /^\| \d{3} `([a-z-]+)` \|/gm);
  assert.deepEqual(documented, codes(read('tests/browser/app/src/pages/accept-answers.ts'), /case '([a-z-]+)':/g));
  const app = read('tests/browser/app/src/pages/invitation-row.ts');
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(section('Manage invitations'));
  for (const line of code.trim().split('\n')) assert.ok(app.includes(line.trim()), line);
});
