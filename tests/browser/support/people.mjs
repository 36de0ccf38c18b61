// Users of the example app.
import { heading, newPage, submit } from './browser.mjs';
import { code, invitationLink, newEmail, password } from './stack.mjs';

/** A user with a browser profile of their own. */
export async function person(name) {
  return { name, email: newEmail(), page: await newPage() };
}

/** Signs up on the page that is open, and confirms. */
export async function register({ page, name, email }, details = {}) {
  await submit(page, 'Sign up', { Name: name, 'Email address': email, Password: password, ...details });
  await heading(page, 'Confirm your email address');
  await submit(page, 'Confirm', { Code: await code(email) });
}

export async function signIn({ page, email }, phrase = password) {
  await submit(page, 'Sign in', { 'Email address': email, Password: phrase });
}

/** A user who has signed up with an organization, and is its admin. */
export async function organizationAdmin(name, organization) {
  const made = await person(name);
  await made.page.goto('/sign-up');
  await register(made, { Organization: organization });
  await heading(made.page, 'Your organizations');
  return made;
}

/** Opens the list of invitations of a user's only organization. */
export async function openInvitations({ page }) {
  await page.goto('/');
  await page.getByRole('link', { name: 'Invitations', exact: true }).click();
  await heading(page, 'Invitations');
}

/** Invites an email address. */
export async function invite(admin, email, roles) {
  await openInvitations(admin);
  await submit(admin.page, 'Invite', { 'Email address': email, Roles: roles });
  await admin.page.getByText(email).waitFor();
}

/** Opens the last link to a user, and waits for the invitation. */
export async function openLink({ page, email }) {
  await page.goto(await invitationLink(email));
  await heading(page, 'Join Example Works');
}

/** A row of a list of the page: an invitation or a member. */
export const rowOf = (page, { email }) => page.getByRole('listitem').filter({ hasText: email });

/** Presses a button of a row. */
export const press = (row, name) => row.getByRole('button', { name, exact: true }).click();
