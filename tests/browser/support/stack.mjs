// The local stack that the tests talk to, and what they read from its inbox.
export const endpoint = process.env.AWS_ENDPOINT_URL ?? 'http://127.0.0.1:4566';
export const password = 'a long pass phrase';

const json = async (path) => (await fetch(endpoint + path)).json();

export const config = await json('/_local/config.json');

export const newEmail = () => `u${Math.random().toString(36).slice(2)}@example.com`;

/** What matches in each email to an address that has it, the newest last. Invitations are sent moments after the request. */
async function mailed(email, pattern, count = 1) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { items } = await json(`/_local/inbox.json?to=${encodeURIComponent(email)}`);
    const found = items.flatMap(({ text }) => pattern.exec(text)?.[0] ?? []);
    if (found.length >= count) return found;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`not ${count} emails to ${email} have ${pattern}`);
}

/** The last code that was sent to an address. */
export const code = async (email) => (await mailed(email, /\b\d{6}\b/)).at(-1);

/** The links in the invitations to an address, after so many emails. */
export const invitationLinks = (email, count) => mailed(email, /https?:\S+\/accept#token=\S+/, count);

/** The link in the last invitation to an address. */
export const invitationLink = async (email) => (await invitationLinks(email)).at(-1);

/** Calls an AWS service as an administrator does. */
async function aws(target, body) {
  const type = target.startsWith('DynamoDB') ? '1.0' : '1.1';
  const headers = {
    'content-type': `application/x-amz-json-${type}`,
    'x-amz-target': target,
    // The stack looks at who signs, and not at the signature.
    'x-amz-date': '20260101T000000Z',
    authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/any/aws4_request, SignedHeaders=host, Signature=0',
  };
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** A user who has to replace this password. */
export const createUser = (email, temporaryPassword) =>
  aws('AWSCognitoIdentityProviderService.AdminCreateUser', {
    UserPoolId: config.userPoolId,
    Username: email,
    TemporaryPassword: temporaryPassword,
  });

/** Lets the invitation of an email address expire: it is pending still, and lists show it as expired. */
export async function expireInvitation(email) {
  const { Items } = await aws('DynamoDB_20120810.Scan', {
    TableName: config.tableName,
    FilterExpression: 'email = :email AND begins_with(sk, :invitation)',
    ExpressionAttributeValues: { ':email': { S: email }, ':invitation': { S: 'INVITATION#' } },
  });
  const [{ pk, sk, invitation_id: id }] = Items;
  const past = '2026-01-01T00:00:00.000Z';
  await aws('DynamoDB_20120810.UpdateItem', {
    TableName: config.tableName,
    Key: { pk, sk },
    UpdateExpression: 'SET expires_at = :past, list_key = :key',
    ExpressionAttributeValues: { ':past': { S: past }, ':key': { S: `${past} ${id.S}` } },
  });
}
