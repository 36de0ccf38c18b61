// amazon-cognito-identity-js, which many front ends still sign in with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';

import { code, config, createUser, endpoint, newEmail, password } from '../support/stack.mjs';

const pool = new CognitoUserPool({ UserPoolId: config.userPoolId, ClientId: config.userPoolClientId, endpoint });

const userOf = (Username) => new CognitoUser({ Username, Pool: pool });

/** What the library calls back with, or the attributes that a new password has to come with. */
const signIn = (user, Password) =>
  new Promise((onSuccess, onFailure) => {
    const details = new AuthenticationDetails({ Username: user.getUsername(), Password });
    user.authenticateUser(details, { onSuccess, onFailure, newPasswordRequired: onSuccess });
  });

test('a proof of the password and the password itself sign in', async () => {
  const email = newEmail();
  await promisify(pool.signUp).call(pool, email, password, [], null);
  const user = userOf(email);
  await assert.rejects(signIn(user, password), { code: 'UserNotConfirmedException' });
  await promisify(user.confirmRegistration).call(user, await code(email), false);
  await assert.rejects(signIn(userOf(email), 'wrong pass phrase'), { code: 'NotAuthorizedException' });
  for (const flow of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
    const again = userOf(email);
    again.setAuthenticationFlowType(flow);
    const session = await signIn(again, password);
    assert.ok(session.isValid(), flow);
    const renewed = await promisify(again.refreshSession).call(again, session.getRefreshToken());
    assert.ok(renewed.isValid(), flow);
  }
});

test('a temporary password is replaced', async () => {
  const email = newEmail();
  await createUser(email, 'a temporary phrase');
  const user = userOf(email);
  assert.equal((await signIn(user, 'a temporary phrase')).email, email);
  const session = await new Promise((onSuccess, onFailure) => {
    user.completeNewPasswordChallenge(password, {}, { onSuccess, onFailure });
  });
  assert.ok(session.isValid());
});
