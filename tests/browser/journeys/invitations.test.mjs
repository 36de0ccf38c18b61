// Invitations: the link in the email, and what becomes of it.
import assert from 'node:assert/strict';

import { alerted, appUrl, heading, look, newPage, step, submit } from '../support/browser.mjs';
import { organizationAdmin, invite, person, register, signIn } from '../support/people.mjs';
import { code, expireInvitation, invitationLink, newEmail, password } from '../support/stack.mjs';

const ada = await organizationAdmin('Ada', 'Example Works');
const eve = await person('Eve');
const links = {};

/** Opens the link in the last email to a user, and waits for the invitation. */
async function openLink({ page, email }) {
  links[email] = await invitationLink(email);
  await page.goto(links[email]);
  await heading(page, 'Join Example Works');
}

step('Ada invites Eve', async () => {
  await invite(ada, eve.email, 'Member');
  await ada.page.reload();
  await heading(ada.page, 'Members');
  await look(ada.page, 'members-with-invitation');
});

step('she does not invite her twice', async () => {
  await submit(ada.page, 'Invite', { 'Email address': eve.email });
  assert.equal(await alerted(ada.page), 'invitation-already-pending');
});

step('the link in the email shows the invitation, and the token is in the address bar no more', async () => {
  const { page } = eve;
  await openLink(eve);
  assert.match(links[eve.email], /#token=.{40,}$/);
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
  await eve.page.goto(links[eve.email]);
  assert.equal(await alerted(eve.page), 'invitation-already-accepted');
  assert.equal(new URL(eve.page.url()).hash, '');
  await look(eve.page, 'link-used');
});

step('a link that was cut short or made up says so', async () => {
  const page = await newPage();
  for (const token of [links[eve.email].split('=')[1].slice(0, -4), 'A'.repeat(43), 'x']) {
    await page.goto(`/invitations/accept#token=${token}`);
    await page.waitForURL('**/invitations/accept');
    assert.equal(await alerted(page), 'invitation-not-found', token);
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

step('the wrong account is told so, and the right one accepts in the same tab', async () => {
  const frank = { ...(await person('Frank')), email: newEmail() };
  await invite(ada, frank.email, 'Billing admin');
  await frank.page.goto('/sign-up');
  await register(frank);
  await heading(frank.page, 'You are invited');
  await look(frank.page, 'invitation-pending');
  await submit(frank.page, 'Sign out');
  await heading(frank.page, 'Sign in');

  // Eve is signed in where Frank opens his link.
  const { page } = eve;
  await page.goto(await invitationLink(frank.email));
  await submit(page, `Accept as ${eve.email}`);
  assert.equal(await alerted(page), 'invitation-for-another-address');
  await look(page, 'wrong-account');
  await submit(page, 'Sign in with another account');
  await heading(page, 'Sign in');
  await signIn({ page, email: frank.email });
  await heading(page, 'Join Example Works');
  await submit(page, `Accept as ${frank.email}`);
  await heading(page, 'Your organizations');
  await page.getByText('Billing admin').waitFor();
});

step('a declined invitation is over', async () => {
  const gus = await person('Gus');
  await invite(ada, gus.email, 'Member');
  await openLink(gus);
  await submit(gus.page, 'Decline');
  await gus.page.getByText('You declined the invitation.').waitFor();
  await gus.page.goto(links[gus.email]);
  assert.equal(await alerted(gus.page), 'invitation-declined');
});

step('an expired link says so, also where the page was open before', async () => {
  const hal = await person('Hal');
  await invite(ada, hal.email, 'Member');
  await openLink(hal);
  await hal.page.getByRole('link', { name: 'Sign up to accept' }).click();
  await submit(hal.page, 'Sign up', { Name: 'Hal', 'Email address': hal.email, Password: password });
  await heading(hal.page, 'Confirm your email address');
  await submit(hal.page, 'Confirm', { Code: await code(hal.email) });
  await hal.page.getByRole('button', { name: `Accept as ${hal.email}` }).waitFor();
  await expireInvitation(hal.email);
  await submit(hal.page, `Accept as ${hal.email}`);
  assert.equal(await alerted(hal.page), 'invitation-expired');
  await hal.page.reload();
  await heading(hal.page, 'Invitation');
  assert.equal(await alerted(hal.page), 'invitation-expired');
  await look(hal.page, 'link-expired');
});
