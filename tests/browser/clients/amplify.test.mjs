// AWS Amplify with its defaults: USER_SRP_AUTH, and GetTokensFromRefreshToken for the next session.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Amplify } from 'aws-amplify';
import * as auth from 'aws-amplify/auth';

import { code, config, createUser, endpoint, newEmail, password } from '../support/stack.mjs';

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: config.userPoolId,
      userPoolClientId: config.userPoolClientId,
      userPoolEndpoint: endpoint,
    },
  },
});

const signUp = async (email) => {
  await auth.signUp({ username: email, password });
  await auth.confirmSignUp({ username: email, confirmationCode: await code(email) });
};

test('somebody signs up, signs in, and stays signed in', async () => {
  const username = newEmail();
  const { nextStep } = await auth.signUp({ username, password });
  assert.equal(nextStep.signUpStep, 'CONFIRM_SIGN_UP');
  await assert.rejects(auth.signUp({ username, password }), { name: 'UsernameExistsException' });
  assert.equal((await auth.signIn({ username, password })).nextStep.signInStep, 'CONFIRM_SIGN_UP');
  await assert.rejects(auth.confirmSignUp({ username, confirmationCode: 'x' }), { name: 'CodeMismatchException' });
  await auth.confirmSignUp({ username, confirmationCode: await code(username) });
  await assert.rejects(auth.signIn({ username, password: 'wrong pass phrase' }), { name: 'NotAuthorizedException' });
  assert.ok((await auth.signIn({ username, password })).isSignedIn);

  const first = (await auth.fetchAuthSession()).tokens.accessToken.toString();
  const second = (await auth.fetchAuthSession({ forceRefresh: true })).tokens.accessToken.toString();
  assert.notEqual(first, second);
  // As a page of a development server asks.
  const headers = { authorization: `Bearer ${second}`, origin: 'http://localhost:5173' };
  const me = await fetch(`${config.apiUrl}/me`, { headers });
  assert.equal(me.status, 200);
  assert.equal(me.headers.get('access-control-allow-origin'), 'http://localhost:5173');
  await auth.signOut({ global: true });
});

test('a settings page changes name, email address and password', async () => {
  const username = newEmail();
  const email = newEmail();
  await signUp(username);
  await auth.signIn({ username, password });
  await auth.updateUserAttributes({ userAttributes: { name: 'Ada' } });
  const { nextStep } = await auth.updateUserAttribute({ userAttribute: { attributeKey: 'email', value: email } });
  assert.equal(nextStep.updateAttributeStep, 'CONFIRM_ATTRIBUTE_WITH_CODE');
  await auth.sendUserAttributeVerificationCode({ userAttributeKey: 'email' });
  assert.equal((await auth.fetchUserAttributes()).email, username);
  await auth.confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: await code(email) });
  assert.equal((await auth.fetchUserAttributes()).email, email);
  await auth.deleteUserAttributes({ userAttributeKeys: ['name'] });
  const change = (newPassword) => auth.updatePassword({ oldPassword: password, newPassword });
  await assert.rejects(change('short'), { name: 'InvalidPasswordException' });
  await change('another pass phrase');
  await auth.signOut();
  assert.ok((await auth.signIn({ username: email, password: 'another pass phrase' })).isSignedIn);
  await auth.deleteUser();
});

test('a forgotten password is replaced', async () => {
  const username = newEmail();
  await signUp(username);
  await auth.resetPassword({ username });
  const confirmationCode = await code(username);
  await auth.confirmResetPassword({ username, confirmationCode, newPassword: 'another pass phrase' });
  assert.ok((await auth.signIn({ username, password: 'another pass phrase' })).isSignedIn);
  await auth.signOut();
});

test('a temporary password is replaced at the first sign-in', async () => {
  const username = newEmail();
  await createUser(username, 'a temporary phrase');
  const { nextStep } = await auth.signIn({ username, password: 'a temporary phrase' });
  assert.equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
  await assert.rejects(auth.confirmSignIn({ challengeResponse: 'short' }), { name: 'InvalidPasswordException' });
  assert.ok((await auth.confirmSignIn({ challengeResponse: password })).isSignedIn);
  await auth.signOut();
});
