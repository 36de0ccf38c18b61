// A product that lets its users accept without the email: a stack of its own, with AcceptInApp=true.
import { after } from 'node:test';

import { appUrl, heading, look, newPage, step, submit } from '../support/browser.mjs';
import { startStack } from '../support/processes.mjs';

const stack = startStack(`AppUrl=${appUrl}`, 'AcceptInApp=true');
after(stack.stop);
const config = await stack.ready;
// What follows reads this when it is loaded.
process.env.AWS_ENDPOINT_URL = config.awsEndpointUrl;
const { invite, register } = await import('../support/people.mjs');
const { newEmail } = await import('../support/stack.mjs');

/** A user whose pages talk to that stack, as `acceptInApp` says. */
async function user(name, acceptInApp) {
  const page = await newPage();
  await page.route('**/config.json', (route) => route.fulfill({ json: { ...config, acceptInApp } }));
  return { name, email: newEmail(), page };
}

const ada = await user('Ada', true);

step('an invited user accepts after the sign-up, without the email', async () => {
  const { page } = ada;
  await page.goto('/sign-up');
  await register(ada, { Organization: 'Example Works' });
  await heading(page, 'Your organizations');
  const max = await user('Max', true);
  await invite(ada, max.email, 'Member');
  await max.page.goto('/sign-up');
  await register(max);
  await heading(max.page, 'You are invited');
  await look(max.page, 'accept-in-app');
  await submit(max.page, 'Accept');
  await heading(max.page, 'Your organizations');
  await max.page.getByRole('heading', { name: 'Example Works' }).waitFor();
});
