// Members, roles and settings.
import assert from 'node:assert/strict';

import { alerted, heading, look, step, submit } from '../support/browser.mjs';
import { organizationAdmin, invite, openInvitations, person, register } from '../support/people.mjs';
import { invitationLink } from '../support/stack.mjs';

const ada = await organizationAdmin('Ada', 'Example Works');
const eve = await person('Eve');
const { page } = ada;

/** The row of a member. */
const row = ({ email }) => page.getByRole('listitem').filter({ hasText: email });

const openMembers = async () => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Members' }).click();
  await heading(page, 'Members');
};

const changeRoles = async (member, roles) => {
  await page.getByLabel(`Roles of ${member.email}`).selectOption({ label: roles });
  await row(member).getByRole('button', { name: 'Change' }).click();
};

/** Opens the settings, and says which tabs there are. */
const openSettings = async (reader) => {
  await reader.goto('/');
  await reader.getByRole('link', { name: 'Settings' }).click();
  await heading(reader, 'Settings');
  const tabs = await reader.locator('.tabs a').all();
  return Promise.all(tabs.map(async (tab) => `${await tab.textContent()}: ${await tab.getAttribute('data-access')}`));
};

step('Eve joins as a member', async () => {
  await invite(ada, eve.email, 'Member');
  await eve.page.goto(await invitationLink(eve.email));
  await eve.page.getByRole('link', { name: 'Sign up to accept' }).click();
  await register(eve);
  await submit(eve.page, `Accept as ${eve.email}`);
  await heading(eve.page, 'Your organizations');
});

step('Ada sees both members, and may not change her own roles', async () => {
  await openMembers();
  assert.equal(await page.locator('.rows > li').count(), 2);
  await row(ada).getByText('Organization admin').waitFor();
  assert.equal(await page.getByLabel(`Roles of ${ada.email}`).count(), 0);
  assert.equal(await page.getByLabel(`Roles of ${eve.email}`).inputValue(), 'member');
  await look(page, 'members');
});

step('Ada makes Eve a billing admin, and Eve opens the settings as far as that goes', async () => {
  await changeRoles(eve, 'Billing admin');
  await row(eve).getByText('Changed.').waitFor();
  const tabs = await openSettings(eve.page);
  assert.deepEqual(tabs, ['General: view', 'Users: view', 'Workspaces: view', 'Billing: manage']);
});

step('a billing admin looks at members and invitations, and changes none of them', async () => {
  await eve.page.goto('/');
  await eve.page.getByRole('link', { name: 'Members' }).click();
  await heading(eve.page, 'Members');
  assert.equal(await eve.page.getByRole('button', { name: 'Change' }).count(), 0);
  await openInvitations(eve);
  assert.equal(await eve.page.getByRole('button', { name: 'Invite' }).count(), 0);
});

step('a user admin has no billing tab', async () => {
  await openMembers();
  await changeRoles(eve, 'User admin');
  await row(eve).getByText('Changed.').waitFor();
  assert.deepEqual(await openSettings(eve.page), ['General: view', 'Users: manage', 'Workspaces: manage']);
  const organization = new URL(eve.page.url()).searchParams.get('organization');
  await eve.page.goto(`/settings?organization=${organization}&tab=billing`);
  assert.equal(await alerted(eve.page), 'permission-denied');
  // A user admin grants no role that may do more.
  await openInvitations(eve);
  assert.deepEqual(await eve.page.getByLabel('Roles', { exact: true }).locator('option').allTextContents(), ['User admin', 'Member']);
});

step('each tab of the settings shows what it has', async () => {
  const tabs = await openSettings(page);
  assert.deepEqual(tabs, ['General: manage', 'Users: manage', 'Workspaces: manage', 'Billing: manage']);
  const shows = {
    General: 'Example Works',
    Users: 'Seats used',
    Workspaces: 'Default workspace',
    Billing: 'Billing contact',
  };
  for (const [tab, text] of Object.entries(shows)) {
    await page.getByRole('link', { name: tab }).click();
    await page.locator('.tabs [aria-current]', { hasText: tab }).waitFor();
    await page.locator('dl').getByText(text).waitFor();
    await look(page, `settings-${tab.toLowerCase()}`);
  }
});

step('a change that another admin made in between is not overwritten', async () => {
  await openMembers();
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel(`Roles of ${eve.email}`).selectOption({ label: 'Member' });
  const sent = other.waitForRequest((request) => request.method() === 'PUT');
  await other.getByRole('listitem').filter({ hasText: eve.email }).getByRole('button', { name: 'Change' }).click();
  // The page could read the ETag of another origin.
  assert.match((await sent).headers()['if-match'], /^".+"$/);
  await other.getByText('Changed.').waitFor();
  await changeRoles(eve, 'Billing admin');
  await page.getByText('Another admin has changed the roles').waitFor();
});

step('Ada removes Eve, and the page tells Eve that she is in no organization', async () => {
  await openMembers();
  await row(eve).getByRole('button', { name: 'Remove' }).click();
  await row(eve).waitFor({ state: 'detached' });
  await eve.page.goto('/');
  await eve.page.getByText('You are in no organization.').waitFor();
  await look(eve.page, 'removed');
});
