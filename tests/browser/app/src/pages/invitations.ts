import { api, inWords, keys } from '../api.ts';
import { a, card, h, paragraph, section } from '../dom.ts';
import { form, type Field } from '../form.ts';
import { link, open, parameter } from '../session.ts';
import { choicesOf, type Invitation, type InvitationStatus, type Page, type Role, type UsersTab } from '../types.ts';
import { linkToPassOn, row } from './invitation-row.ts';

const statuses: Record<InvitationStatus, string> = {
  pending: 'Pending',
  expired: 'Expired',
  accepted: 'Accepted',
  declined: 'Declined',
  revoked: 'Revoked',
};

/** The invitations of an organization with one status, and what the reader may do about them. */
export async function invitations(): Promise<Node> {
  const organization = parameter('organization') ?? '';
  const path = `/organizations/${encodeURIComponent(organization)}`;
  const status = parameter('status') ?? ('pending' satisfies InvitationStatus);
  const cursor = parameter('cursor');
  const query: Record<string, string> = cursor === null ? { status } : { status, cursor };
  const [list, users] = await Promise.all([
    api<Page<Invitation>>(link(`${path}/invitations`, query)),
    api<UsersTab>(`${path}/settings/users`),
  ]);
  // None if the reader may only view.
  const grantable = choicesOf(users);
  const tabs = Object.entries(statuses).map(([value, text]) => {
    const tab = a(text, link('/invitations', { organization, status: value }));
    if (value === status) tab.setAttribute('aria-current', 'page');
    return tab;
  });
  const page = section('Invitations', h('nav', { className: 'tabs' }, ...tabs));
  if (list.items.length === 0) page.append(paragraph('There are none.'));
  else page.append(h('ul', { className: 'rows' }, ...list.items.map((invitation) => row(path, invitation, grantable))));
  if (list.nextCursor !== null) page.append(a('More', link('/invitations', { organization, status, cursor: list.nextCursor })));
  if (grantable.length > 0) page.append(card('Invite', invite(path, organization, grantable)));
  return page;
}

function invite(path: string, organization: string, grantable: [string, string][]): Node {
  const fields: Field[] = [
    { name: 'email', label: 'Email address', type: 'email' },
    { name: 'roles', label: 'Roles', type: 'select', value: 'member' satisfies Role, choices: grantable },
    { name: 'delivery', label: 'Delivery', type: 'select', choices: [['email', 'We send an email'], ['link', 'I pass a link on']] },
  ];
  const keyOf = keys();
  const element = form('Invite', fields, async ({ email, roles, delivery }) => {
    const body = { email, roles: roles.split(' '), delivery };
    const request = api<Invitation>(`${path}/invitations`, { body, idempotencyKey: keyOf(body) });
    const made = await inWords(conflicts, request);
    // The link is in this response only, so this page stays.
    if (delivery === 'link') element.replaceWith(linkToPassOn(made));
    else open('/invitations', { organization });
  });
  return element;
}

const conflicts = {
  'invitation-already-pending': 'This address has a pending invitation. Send that one again, or revoke it, in the list.',
};
