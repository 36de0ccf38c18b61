// From the first visit to an organization.
import assert from 'node:assert/strict';

import { alerted, appUrl, heading, look, newPage, step, submit } from '../support/browser.mjs';
import { person, register, signIn } from '../support/people.mjs';
import { code, createUser, endpoint, newEmail, password } from '../support/stack.mjs';

const ada = await person('Ada');
const bob = await person('Bob');
const { page } = ada;

step('a visitor is sent to the sign-in page', async () => {
  await page.goto('/account');
  await page.waitForURL('**/sign-in?next=%2Faccount');
  await heading(page, 'Sign in');
  await look(page, 'sign-in');
});

step('Ada signs up, and names no organization', async () => {
  await page.getByRole('link', { name: 'Sign up' }).click();
  await heading(page, 'Sign up');
  await look(page, 'sign-up');
  await submit(page, 'Sign up', { Name: 'Ada', 'Email address': ada.email, Password: 'short' });
  assert.equal(await alerted(page), 'InvalidPasswordException');
  await submit(page, 'Sign up', { Password: password });
  await heading(page, 'Confirm your email address');
});

step('a wrong code is refused, another one is sent, and the right one signs her in', async () => {
  await submit(page, 'Confirm', { Code: '000' });
  assert.equal(await alerted(page), 'CodeMismatchException');
  await look(page, 'wrong-code');
  const before = await code(ada.email);
  await submit(page, 'Send another code');
  await page.getByText('We sent another code.').waitFor();
  // The pages of before the sign-up come back: she wanted to see her account.
  assert.notEqual(await code(ada.email), before);
  await submit(page, 'Confirm', { Code: await code(ada.email) });
  await heading(page, 'Account');
});

step('she is prompted for her organization', async () => {
  await page.goto('/');
  await heading(page, 'Create your organization');
  await look(page, 'prompt');
  await submit(page, 'Create organization', { Name: 'https://example.com/', Website: 'no address' });
  assert.equal(await alerted(page), 'validation-failed');
  await page.getByText('Website must').waitFor();
  await look(page, 'prompt-refused');
  await submit(page, 'Create organization', { Name: 'Example Works', Website: 'https://example.com', Country: 'Norway' });
  await heading(page, 'Your organizations');
  await page.getByRole('heading', { name: 'Example Works' }).waitFor();
  await page.getByText('Organization admin').waitFor();
  await look(page, 'organizations');
});

step('her session is renewed when the access token has expired', async () => {
  const renewals = [];
  page.on('request', (request) => {
    const operation = request.headers()['x-amz-target']?.split('.').at(-1);
    if (operation === 'GetTokensFromRefreshToken') renewals.push(request);
  });
  const me = () => page.waitForResponse((response) => response.url().endsWith('/me') && response.request().method() === 'GET');
  const tokenOf = (response) => response.request().headers()['authorization'];
  const [first] = await Promise.all([me(), page.reload()]);
  assert.equal(renewals.length, 0);
  // Tokens last 15 minutes.
  await page.clock.setFixedTime(Date.now() + 16 * 60 * 1000);
  const [second] = await Promise.all([me(), page.reload()]);
  assert.equal(second.status(), 200);
  assert.equal(renewals.length, 1);
  assert.notEqual(tokenOf(second), tokenOf(first));
  await heading(page, 'Your organizations');
});

step('she signs out, a wrong password is refused, and she signs in', async () => {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await heading(page, 'Sign in');
  await signIn(ada, 'wrong pass phrase');
  assert.equal(await alerted(page), 'NotAuthorizedException');
  await look(page, 'wrong-password');
  const request = page.waitForRequest((sent) => sent.headers()['x-amz-target']?.endsWith('.InitiateAuth'));
  await signIn(ada);
  assert.equal((await request).postDataJSON().AuthFlow, 'USER_SRP_AUTH');
  await heading(page, 'Your organizations');
});

step('a link to the sign-in page leads to no other site', async () => {
  for (const next of ['//evil.example/', 'https://evil.example/', 'javascript:alert(1)']) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await heading(page, 'Your organizations');
    assert.equal(new URL(page.url()).origin, appUrl, next);
  }
});

step('Bob names his organization when he signs up, and it is there when he is', async () => {
  await bob.page.goto('/sign-up');
  await register(bob, { Organization: 'Bobs Boats' });
  await heading(bob.page, 'Your organizations');
  await bob.page.getByRole('heading', { name: 'Bobs Boats' }).waitFor();
});

step('a user who left before the confirmation goes on at sign-in', async () => {
  const carol = await person('Carol');
  await carol.page.goto('/sign-up');
  await submit(carol.page, 'Sign up', { Name: 'Carol', 'Email address': carol.email, Password: password });
  await heading(carol.page, 'Confirm your email address');
  await carol.page.goto('/sign-in');
  await signIn(carol);
  await heading(carol.page, 'Confirm your email address');
  await submit(carol.page, 'Confirm', { Code: await code(carol.email) });
  await carol.page.waitForURL('**/sign-in?next=%2F');
  await signIn(carol);
  await heading(carol.page, 'Create your organization');
});

step('a user whom an administrator created replaces the temporary password', async () => {
  const dora = { ...(await person('Dora')), email: newEmail() };
  await createUser(dora.email, 'a temporary phrase');
  await dora.page.goto('/sign-in');
  await signIn(dora, 'a temporary phrase');
  await heading(dora.page, 'Choose a password');
  await submit(dora.page, 'Set password', { 'New password': password });
  await heading(dora.page, 'Create your organization');
});

step('a page from elsewhere cannot read the inbox, and a page of this machine can', async () => {
  const inbox = `${endpoint}/_local/inbox.json`;
  const reads = async (url) => {
    const stranger = await newPage();
    await stranger.route(url, (route) => route.fulfill({ contentType: 'text/html', body: 'a page' }));
    await stranger.goto(url);
    // The browser asks the user first. Here the user has allowed it.
    await stranger.context().grantPermissions(['local-network-access']);
    return stranger.evaluate((address) => fetch(address).then(({ ok }) => ok, () => false), inbox);
  };
  assert.equal(await reads('http://localhost:8080/'), true);
  assert.equal(await reads('http://127.0.0.1:8080/'), true);
  assert.equal(await reads('http://app.example.org/'), false);
});
