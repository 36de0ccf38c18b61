// This product, on its local stack.
import { request, sideBySide, succeeded } from "./http.mjs";

const PASSWORD = "correct horse";

/** Users, an organization and the four operations. */
export async function prepare({ api, aws }, run, count) {
  const config = succeeded(await request(aws, "GET", "/_local/config.json", {})).json;
  const cognito = async (operation, body) => {
    const headers = {
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
      "content-type": "application/x-amz-json-1.1",
      authorization:
        "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
    };
    return succeeded(await request(aws, "POST", "/", headers, body)).json;
  };
  const create = async (index) => {
    const email = `u${run}${index}@example.com`;
    const pool = { UserPoolId: config.userPoolId, Username: email };
    const attributes = { email, email_verified: "true", name: "User" };
    await cognito("AdminCreateUser", {
      ...pool,
      MessageAction: "SUPPRESS",
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    });
    await cognito("AdminSetUserPassword", { ...pool, Password: PASSWORD, Permanent: true });
    const signedIn = await cognito("InitiateAuth", {
      ClientId: config.userPoolClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD },
    });
    const token = signedIn.AuthenticationResult.AccessToken;
    return { email, token, id: JSON.parse(Buffer.from(token.split(".")[1], "base64url")).sub };
  };
  const call = ({ token }, method, path, body) =>
    request(api, method, path, { authorization: `Bearer ${token}` }, body);

  const users = [];
  await sideBySide(count, 8, async (index) => {
    users[index] = await create(index);
  });
  const admin = await create("admin");
  const organization = succeeded(await call(admin, "POST", "/organizations", { name: "Example Works" }));
  const path = organization.headers.location;

  const tokens = new Map();
  return {
    invite: (index) =>
      call(admin, "POST", `${path}/invitations`, { email: users[index].email, roles: ["member"] }),
    /** The invitation tokens are in the emails. */
    async readEmails() {
      for (let tries = 0; tries < 300 && tokens.size < count; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        const inbox = (await request(aws, "GET", "/_local/inbox.json", {})).json;
        for (const { to, text } of inbox.items) {
          const token = /token=(\S+)/.exec(text ?? "");
          if (token) tokens.set(to, token[1]);
        }
      }
      if (tokens.size < count) throw new Error(`${tokens.size} of ${count} emails arrived`);
    },
    accept: (index) => call(users[index], "POST", "/invitations/accept", { token: tokens.get(users[index].email) }),
    list: () => call(admin, "GET", `${path}/members?limit=100`),
    changeRole: (index) =>
      call(admin, "PUT", `${path}/members/${users[index % users.length].id}/roles`, {
        roles: [index % 2 ? "billing_admin" : "member"],
      }),
  };
}
