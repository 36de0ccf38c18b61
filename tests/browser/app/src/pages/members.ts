import { api, call } from '../api.ts';
import { a, h, section } from '../dom.ts';
import { button, form, notice, type Field } from '../form.ts';
import { link, parameter } from '../session.ts';
import { choicesOf, nameOf, type Me, type Member, type Page, type UsersTab } from '../types.ts';

/** Members of an organization, and what the reader may change about them. */
export async function members(): Promise<Node> {
  const organization = parameter('organization') ?? '';
  const path = `/organizations/${encodeURIComponent(organization)}`;
  const cursor = parameter('cursor');
  const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
  const [me, list, users] = await Promise.all([
    api<Me>('/me'),
    api<Page<Member>>(`${path}/members${query}`),
    api<UsersTab>(`${path}/settings/users`),
  ]);
  // None if the reader may only view.
  const grantable = choicesOf(users);
  const rows = list.items.map((member) => row(path, member, member.userId === me.userId ? [] : grantable));
  const page = section('Members', h('ul', { className: 'rows' }, ...rows));
  if (list.nextCursor !== null) page.append(a('More', link('/members', { organization, cursor: list.nextCursor })));
  return page;
}

function row(path: string, member: Member, grantable: [string, string][]): Node {
  const person = h('div', {}, h('strong', {}, member.name ?? member.email), h('br'), h('small', {}, member.email));
  const item = h('li', {}, person);
  const held = member.roles.join(' ');
  // A role that the reader may not grant is not theirs to revoke either.
  if (grantable.some(([value]) => value === held)) item.append(change(path, member, held, grantable), remove(path, member));
  else item.append(h('span', {}, nameOf(member.roles)));
  return item;
}

function change(path: string, member: Member, held: string, grantable: [string, string][]): Node {
  const label = `Roles of ${member.email}`;
  const field: Field = { name: 'roles', label, type: 'select', value: held, choices: grantable };
  const element = form('Change', [field], async ({ roles }) => {
    // Another admin may have decided something since this page was opened, and decides something now.
    const current = await call(`${path}/members/${member.userId}`);
    const isAsShown = ((await current.json()) as Member).roles.join(' ') === held;
    if (!isAsShown) throw new Error('Another admin has changed the roles in the meantime. Reload the page.');
    const ifMatch = current.headers.get('etag') ?? '';
    await api(`${path}/members/${member.userId}/roles`, { method: 'PUT', body: { roles: roles.split(' ') }, ifMatch });
    held = roles;
    element.append(notice('Changed.'));
  });
  element.classList.add('inline');
  return element;
}

const remove = (path: string, { userId }: Member): Node =>
  button('Remove', async () => {
    await call(`${path}/members/${userId}`, { method: 'DELETE' });
    location.reload();
  });
