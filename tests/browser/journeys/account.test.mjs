// What a user changes about their own account.
import assert from 'node:assert/strict';

import { alerted, heading, look, step, submit } from '../support/browser.mjs';
import { organizationAdmin, person, signIn } from '../support/people.mjs';
import { code, newEmail, password } from '../support/stack.mjs';

const ada = await organizationAdmin('Ada', 'Example Works');
const { page } = ada;
const changed = 'another pass phrase';
const replaced = 'a third pass phrase';

const openAccount = async () => {
  await page.getByRole('link', { name: 'Account' }).click();
  await heading(page, 'Account');
};

step('Ada changes her name', async () => {
  await openAccount();
  await submit(page, 'Change name', { Name: 'Ada Example' });
  await page.getByText('Your name is changed.').waitFor();
  await page.reload();
  assert.equal(await page.getByLabel('Name').inputValue(), 'Ada Example');
  await look(page, 'account');
});

step('she changes her email address, which takes a code sent to the new one', async () => {
  const email = newEmail();
  await submit(page, 'Change email address', { 'Email address': email });
  const label = `Code sent to ${email}`;
  await page.getByLabel(label).waitFor();
  await look(page, 'verify-email');
  await submit(page, 'Verify', { [label]: '000000' });
  assert.equal(await alerted(page), 'CodeMismatchException');
  await submit(page, 'Verify', { [label]: await code(email) });
  await page.getByText(`Your email address is ${email} now.`).waitFor();
  await page.reload();
  assert.equal(await page.getByLabel('Email address').inputValue(), email);
  ada.email = email;
});

step('she changes her password', async () => {
  await submit(page, 'Change password', { 'Current password': 'wrong pass phrase', 'New password': changed });
  assert.equal(await alerted(page), 'NotAuthorizedException');
  await submit(page, 'Change password', { 'Current password': password, 'New password': changed });
  await page.getByText('Your password is changed.').waitFor();
});

step('she signs out, and in with the new email address and password', async () => {
  await submit(page, 'Sign out');
  await heading(page, 'Sign in');
  await signIn(ada, changed);
  await heading(page, 'Your organizations');
});

step('she has forgotten her password, and sets another one with a code', async () => {
  await submit(page, 'Sign out');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await heading(page, 'Forgot your password?');
  await look(page, 'forgot-password');
  await submit(page, 'Send a code', { 'Email address': ada.email });
  await heading(page, 'Choose a new password');
  await look(page, 'new-password');
  await submit(page, 'Set password', { Code: '000000', 'New password': replaced });
  assert.equal(await alerted(page), 'CodeMismatchException');
  await submit(page, 'Set password', { Code: await code(ada.email), 'New password': replaced });
  await heading(page, 'Sign in');
  await signIn(ada, replaced);
  await heading(page, 'Your organizations');
});

step('an address without an account is told nothing else', async () => {
  const { page: other } = await person('Eve');
  await other.goto('/forgot-password');
  await submit(other, 'Send a code', { 'Email address': newEmail() });
  await heading(other, 'Choose a new password');
});

step('she signs out everywhere, and another browser profile can renew its session no more', async () => {
  const { page: other } = await person('Ada');
  await other.goto('/sign-in');
  await signIn({ page: other, email: ada.email }, replaced);
  await heading(other, 'Your organizations');
  await openAccount();
  await submit(page, 'Sign out everywhere');
  await heading(page, 'Sign in');
  await other.clock.setFixedTime(Date.now() + 16 * 60 * 1000);
  await other.reload();
  await heading(other, 'Sign in');
});
