// Users of the example app.
import { heading, newPage, submit } from './browser.mjs';
import { code, newEmail, password } from './stack.mjs';

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

/** Invites an email address on the members page. */
export async function invite({ page }, email, roles) {
  await page.goto('/');
  await page.getByRole('link', { name: 'Members' }).click();
  await heading(page, 'Members');
  await submit(page, 'Invite', { 'Email address': email, Roles: roles });
  await page.getByText(email).waitFor();
}
