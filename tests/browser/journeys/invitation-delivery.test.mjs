// What becomes of the email of an invitation: lost, bounced, replaced by a link, or not needed.
import assert from 'node:assert/strict';

import { alerted, alertText, heading, look, newPage, step, submit } from '../support/browser.mjs';
import { organizationAdmin, invite, openInvitations, person, press, register, rowOf } from '../support/people.mjs';
import { config, invitationLink, invitationLinks } from '../support/stack.mjs';

const ada = await organizationAdmin('Ada', 'Example Works');
const frank = await person('Frank');

/** The row of an invitation in the organization's list. */
const row = (invited) => rowOf(ada.page, invited);

step('a lost email: the admin sends it again, and both links work', async () => {
  await invite(ada, frank.email, 'Member');
  const lost = await invitationLink(frank.email);
  await press(row(frank), 'Send again');
  await row(frank).getByText('The invitation is on its way, with a new link.').waitFor();
  await look(ada.page, 'invitation-resent');
  const links = await invitationLinks(frank.email, 2);
  assert.notEqual(links[1], lost);
  for (const link of links) {
    await frank.page.goto(link);
    await heading(frank.page, 'Join Example Works');
  }
});

step('a lost email: the invited person finds the invitation after the sign-up, and has the email sent again', async () => {
  const { page, email } = frank;
  const other = await newPage();
  await other.goto('/sign-up');
  await register({ ...frank, page: other });
  await heading(other, 'You are invited');
  await other.getByText('Ada invites you as Member').waitFor();
  await look(other, 'invitation-pending');
  assert.equal(await other.getByRole('button', { name: 'Accept', exact: true }).count(), 0);
  await submit(other, 'Send the email again');
  await other.getByText(`We sent the email to ${email} again. Open its link to accept. Earlier links work, too.`).waitFor();
  const links = await invitationLinks(email, 3);
  await page.goto(links[2]);
  await heading(page, 'Join Example Works');
});

step('an invited user declines without the email, and accepts only with it, whatever the page was told', async () => {
  const jo = await person('Jo');
  await jo.page.route('**/config.json', (route) => route.fulfill({ json: { ...config, acceptInApp: true } }));
  await invite(ada, jo.email, 'Member');
  await jo.page.goto('/sign-up');
  await register(jo);
  await jo.page.getByRole('link', { name: 'Your invitations' }).click();
  await heading(jo.page, 'Your invitations');
  await submit(jo.page, 'Accept');
  assert.equal(await alerted(jo.page), 'in-app-acceptance-disabled');
  assert.equal(await alertText(jo.page), 'Open the link in the email to accept.');
  await jo.page.getByRole('button', { name: 'Send the email again' }).waitFor();
  await look(jo.page, 'my-invitations');
  await submit(jo.page, 'Decline');
  await jo.page.getByText('You declined the invitation to Example Works.').waitFor();
  await jo.page.reload();
  await jo.page.getByText(`No invitation to ${jo.email} is pending.`).waitFor();
});

step('an invitation by link: no email, and the link is shown once', async () => {
  const { page } = ada;
  const lin = await person('Lin');
  await openInvitations(ada);
  await submit(page, 'Invite', { 'Email address': lin.email, Roles: 'Member', Delivery: 'I pass a link on' });
  await page.getByText(`Pass this link on to ${lin.email}. It is shown only once.`).waitFor();
  const link = await page.getByLabel('Link').inputValue();
  await look(page, 'invitation-by-link');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await submit(page, 'Copy');
  await page.getByText('Copied.').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await openInvitations(ada);
  await row(lin).getByText('There is no email, but a link to pass on.').waitFor();
  assert.equal(await page.getByLabel('Link').count(), 0);
  await lin.page.goto(link);
  await heading(lin.page, 'Join Example Works');
  await press(row(lin), 'New link');
  await row(lin).getByLabel('Link').waitFor();
});

step('an address that bounced is mailed again only after the admin has said that it is right', async () => {
  const { page } = ada;
  const email = `bounce+${Math.random().toString(36).slice(2)}@simulator.amazonses.com`;
  const bounced = row({ email });
  await invite(ada, email, 'Member');
  // SES reports the bounce moments after the email.
  for (let attempt = 0; attempt < 50 && (await bounced.getByText('The email bounced').count()) === 0; attempt += 1) {
    await page.waitForTimeout(200);
    await page.reload();
    await bounced.waitFor();
  }
  await bounced.getByText('The email bounced (Permanent/General).').waitFor();
  await press(bounced, 'Send again');
  await bounced.getByRole('alert').getByText(`The last email to ${email} bounced`).waitFor();
  await look(page, 'address-undeliverable');
  await press(bounced, 'The address is right, send again');
  await bounced.getByText('The invitation is on its way, with a new link.').waitFor();
});
