import { api, call, inWords, keys, Problem } from '../api.ts';
import { config } from '../config.ts';
import { a, h, paragraph, section } from '../dom.ts';
import { alertOf, button, notice } from '../form.ts';
import { link, open, parameter } from '../session.ts';
import { dateOf, nameOf, type Me, type MyInvitation, type Page } from '../types.ts';

/** The pending invitations to the reader's email address, for a reader who does not have the email. */
export async function myInvitations(): Promise<Node> {
  return section('Your invitations', await invitationsTo(await api<Me>('/me')));
}

export async function invitationsTo({ email, emailVerified }: Me): Promise<Node> {
  const cursor = parameter('cursor');
  const page = await api<Page<MyInvitation>>(`/me/invitations${cursor === null ? '' : link('', { cursor })}`);
  if (!emailVerified) {
    const verify = a('Verify your email address', link('/account', { next: '/my-invitations' }));
    return paragraph('We show invitations to ', email, ' when you have verified it. ', verify);
  }
  if (page.items.length === 0) return paragraph('No invitation to ', email, ' is pending. Ask the organization to invite you again.');
  const list = h('ul', { className: 'rows' }, ...page.items.map((invitation) => row(invitation, email)));
  const more = page.nextCursor === null ? [] : [a('More', link('/my-invitations', { cursor: page.nextCursor }))];
  return h('div', {}, list, ...more);
}

function row({ invitationId, organizationName, inviterName, roles, expiresAt }: MyInvitation, email: string): Node {
  const path = `/me/invitations/${invitationId}`;
  const way = config.acceptInApp === true ? '' : ` ${LINK}`;
  const terms = `${inviterName ?? 'A member'} invites you as ${nameOf(roles)}, until ${dateOf(expiresAt)}.${way}`;
  const keyOf = keys();
  const decline = button('Decline', async () => {
    await inWords(gone, call(`${path}/decline`, { method: 'POST' }));
    item.replaceChildren(notice(`You declined the invitation to ${organizationName}.`));
  });
  const again = button('Send the email again', async () => {
    await inWords(gone, api(`${path}/resend`, { method: 'POST', idempotencyKey: keyOf('resend') }));
    again.replaceWith(notice(`We sent the email to ${email} again. Open its link to accept. Earlier links work, too.`));
  });
  const accept = button('Accept', async () => {
    try {
      await inWords(gone, api(`${path}/accept`, { method: 'POST', idempotencyKey: keyOf('accept') }));
      open('/');
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'in-app-acceptance-disabled') throw error;
      accept.replaceWith(alertOf(error.saying(LINK)), again);
    }
  });
  const invitation = h('div', {}, h('strong', {}, organizationName), h('br'), h('small', {}, terms));
  const item = h('li', {}, invitation, config.acceptInApp === true ? accept : again, decline);
  return item;
}

const LINK = 'Open the link in the email to accept.';

/** The list was loaded before something happened to the invitation. */
const gone = {
  'invitation-not-found': 'This invitation is not pending any more. Ask the organization to invite you again.',
  'inviter-lost-authority':
    'The person who invited you can no longer do so. Ask another member of the organization to send the invitation again.',
  'address-undeliverable': 'Our last email to you bounced. Ask the person who invited you to send the invitation again.',
};
