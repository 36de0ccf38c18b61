// From an invitation to a membership. The other files about invitations have what can go wrong.
import assert from 'node:assert/strict';

import { alerted, alertText, appUrl, heading, look, newPage, step, submit } from '../support/browser.mjs';
import { organizationAdmin, invite, person, register } from '../support/people.mjs';
import { invitationLink } from '../support/stack.mjs';

const ada = await organizationAdmin('Ada', 'Example Works');
const eve = await person('Eve');
let link;

step('Ada invites Eve', async () => {
  await invite(ada, eve.email, 'Member');
  await look(ada.page, 'invitations');
});

step('she does not invite her twice', async () => {
  await submit(ada.page, 'Invite', { 'Email address': eve.email });
  assert.equal(await alerted(ada.page), 'invitation-already-pending');
});

step('the link in the email shows the invitation, and the token is in the address bar no more', async () => {
  const { page } = eve;
  link = await invitationLink(eve.email);
  await page.goto(link);
  await heading(page, 'Join Example Works');
  assert.match(link, /#token=.{40,}$/);
  assert.equal(page.url(), `${appUrl}/invitations/accept`);
  await page.getByText('Ada invites you as Member.').waitFor();
  await look(page, 'invitation');
});

step('Eve signs up from there, in a browser profile of her own, and accepts', async () => {
  const { page } = eve;
  await page.getByRole('link', { name: 'Sign up to accept' }).click();
  await heading(page, 'Sign up');
  assert.equal(await page.getByLabel('Organization').count(), 0);
  await register(eve);
  await heading(page, 'Join Example Works');
  await look(page, 'invitation-signed-in');
  await submit(page, `Accept as ${eve.email}`);
  await heading(page, 'Your organizations');
  await page.getByText('Member', { exact: true }).waitFor();
});

step('a used link says so', async () => {
  await eve.page.goto(link);
  assert.equal(await alerted(eve.page), 'invitation-already-accepted');
  assert.equal(await alertText(eve.page), 'This invitation was accepted before. Sign in with the account that accepted it.');
  assert.equal(new URL(eve.page.url()).hash, '');
  await look(eve.page, 'link-used');
});

step('a link that was cut short or made up says so', async () => {
  const page = await newPage();
  for (const token of [link.split('=')[1].slice(0, -4), 'A'.repeat(43), 'x']) {
    await page.goto(`/invitations/accept#token=${token}`);
    await page.waitForURL('**/invitations/accept');
    assert.equal(await alerted(page), 'invitation-not-found', token);
    assert.equal(await alertText(page), 'This link is not complete. Open it in the email again, or copy all of it.');
  }
  await look(page, 'link-not-valid');
});

step('a member opens neither members nor settings', async () => {
  const organization = new URL(ada.page.url()).searchParams.get('organization');
  for (const path of ['members', 'settings']) {
    await eve.page.goto(`/${path}?organization=${organization}`);
    assert.equal(await alerted(eve.page), 'permission-denied', path);
  }
  await look(eve.page, 'no-permission');
  await eve.page.goto('/');
  await heading(eve.page, 'Your organizations');
  assert.equal(await eve.page.getByRole('link', { name: 'Settings' }).count(), 0);
});

step('a user who is not in the organization does not learn that there is one', async () => {
  const organization = new URL(ada.page.url()).searchParams.get('organization');
  const bob = await organizationAdmin('Bob', 'Bobs Boats');
  await bob.page.goto(`/settings?organization=${organization}`);
  assert.equal(await alerted(bob.page), 'organization-not-found');
});
