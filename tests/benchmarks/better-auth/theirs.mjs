// better-auth's organization plugin.
import { request, sideBySide, succeeded } from "./http.mjs";

/** Users, an organization and the four operations. */
export async function prepare(base, run, count) {
  const call = (cookie, method, path, body) =>
    request(base, method, `/api/auth${path}`, { origin: base, ...(cookie ? { cookie } : {}) }, body);
  const create = async (index) => {
    const email = `u${run}${index}@example.com`;
    const body = { email, password: "correct-horse-9", name: "User" };
    const response = succeeded(await call(undefined, "POST", "/sign-up/email", body));
    const cookies = response.headers["set-cookie"] ?? [];
    return { email, id: response.json.user.id, cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") };
  };

  const users = [];
  await sideBySide(count, 8, async (index) => {
    users[index] = await create(index);
  });
  const admin = (await create("admin")).cookie;
  const made = await call(admin, "POST", "/organization/create", { name: "Example Works", slug: `example-${run}` });
  const organizationId = succeeded(made).json.id;

  const invitations = [];
  const memberIds = [];
  return {
    async invite(index) {
      const body = { email: users[index].email, role: "member", organizationId };
      const response = await call(admin, "POST", "/organization/invite-member", body);
      invitations[index] = response.json?.id;
      return response;
    },
    async accept(index) {
      const body = { invitationId: invitations[index] };
      const response = await call(users[index].cookie, "POST", "/organization/accept-invitation", body);
      memberIds[index] = response.json?.member?.id;
      return response;
    },
    list: () =>
      call(admin, "GET", `/organization/list-members?organizationId=${organizationId}&limit=100`),
    changeRole: (index) =>
      call(admin, "POST", "/organization/update-member-role", {
        memberId: memberIds[index % memberIds.length],
        role: index % 2 ? "admin" : "member",
        organizationId,
      }),
  };
}
