import { api, keys } from '../api.ts';
import { a, card, h, paragraph, section } from '../dom.ts';
import { form, type Field } from '../form.ts';
import { link, open } from '../session.ts';
import { nameOf, type Me } from '../types.ts';
import { invitationsTo } from './my-invitations.ts';

/** `GET /me` says what comes next: the prompt for an organization, a pending invitation, or the user's organizations. */
export async function home(): Promise<Node> {
  const me = await api<Me>('/me');
  const greeting = paragraph('Signed in as ', h('strong', {}, me.name ?? me.email), ' (', me.email, ').');
  switch (me.onboarding.status) {
    case 'organization_required':
      return section('Create your organization', greeting, creation());
    case 'invitation_pending':
      return section(
        'You are invited',
        greeting,
        await invitationsTo(me),
        card('Create an organization instead', creation()),
      );
    case 'complete':
      return section('Your organizations', greeting, ...(me.organizations.length > 0 ? me.organizations.map(entry) : [none()]));
  }
}

const none = (): Node => paragraph('You are in no organization. Ask an admin of one to invite you.');

function entry({ organizationId: organization, name, roles }: Me['organizations'][number]): Node {
  const element = card(name, paragraph(nameOf(roles)));
  // The role `member` opens none of them. The API decides: this only hides links that lead nowhere.
  if (roles.includes('member')) return element;
  const pages = { Members: '/members', Invitations: '/invitations', Settings: '/settings' };
  const links = Object.entries(pages).map(([name, path]) => a(name, link(path, { organization })));
  element.append(h('p', { className: 'links' }, ...links));
  return element;
}

function creation(): Node {
  const fields: Field[] = [
    { name: 'name', label: 'Name', autocomplete: 'organization' },
    { name: 'website', label: 'Website', required: false },
    { name: 'country', label: 'Country', required: false },
  ];
  const keyOf = keys();
  return form('Create organization', fields, async (values) => {
    const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    await api('/organizations', { body, idempotencyKey: keyOf(body) });
    open('/');
  });
}
