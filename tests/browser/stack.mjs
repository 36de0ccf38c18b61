// The local stack that the tests talk to, and what they read from its inbox.
export const endpoint = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566';
export const password = 'a long pass phrase';

const json = async (path) => (await fetch(endpoint + path)).json();

export const config = await json('/_local/config.json');

export const newEmail = () => `u${Math.random().toString(36).slice(2)}@example.com`;

/** The code in the last mail to an address. */
export async function code(email) {
  const { items } = await json(`/_local/inbox.json?to=${encodeURIComponent(email)}`);
  return items.at(-1).text.split(' ').at(-1);
}

/** A user who has to replace this password. */
export async function createUser(email, temporaryPassword) {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.AdminCreateUser',
    },
    body: JSON.stringify({ UserPoolId: config.userPoolId, Username: email, TemporaryPassword: temporaryPassword }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
