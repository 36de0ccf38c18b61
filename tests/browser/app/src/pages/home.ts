import { api } from '../api.ts';
import { a, card, h, paragraph, section } from '../dom.ts';
import { form, type Field } from '../form.ts';
import { link, open } from '../session.ts';
import { nameOf, type Me } from '../types.ts';

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
        paragraph('Open the link in the email that invites you, to join the organization.'),
        card('Create an organization instead', creation()),
      );
    case 'complete':
      return section('Your organizations', greeting, ...(me.organizations.length > 0 ? me.organizations.map(entry) : [none()]));
  }
}

const none = (): Node => paragraph('You are in no organization. Ask an admin of one to invite you.');

function entry({ organizationId: organization, name, roles }: Me['organizations'][number]): Node {
  const element = card(name, paragraph(nameOf(roles)));
  // The role `member` opens neither. The API decides: this only hides links that lead nowhere.
  if (roles.includes('member')) return element;
  const links = [a('Members', link('/members', { organization })), a('Settings', link('/settings', { organization }))];
  element.append(h('p', { className: 'links' }, ...links));
  return element;
}

function creation(): Node {
  const fields: Field[] = [
    { name: 'name', label: 'Name', autocomplete: 'organization' },
    { name: 'website', label: 'Website', required: false },
    { name: 'country', label: 'Country', required: false },
  ];
  // One key for one form: if the response is lost, the user presses again and still has one organization.
  let last = '';
  let idempotencyKey = '';
  return form('Create organization', fields, async (values) => {
    const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
    const request = JSON.stringify(body);
    if (request !== last) idempotencyKey = crypto.randomUUID();
    last = request;
    await api('/organizations', { body, idempotencyKey });
    open('/');
  });
}
