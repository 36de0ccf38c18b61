import { api, call, keys, Problem } from '../api.ts';
import { h, paragraph } from '../dom.ts';
import { alertOf, button, notice } from '../form.ts';
import { dateOf, nameOf, type Delivery, type Invitation } from '../types.ts';

const deliveries: Record<Delivery, string> = {
  queued: 'The email waits to be sent',
  sent: 'The email was sent',
  delivered: 'The email was delivered',
  bounced: 'The email bounced',
  complained: 'The recipient reported the email as spam',
  failed: 'The email could not be sent',
  link: 'There is no email, but a link to pass on',
};

/** An invitation in a list: what became of it and of its email, and what the reader may do about it. */
export function row(path: string, invitation: Invitation, grantable: [string, string][]): HTMLElement {
  const { email, roles, status, expiresAt, delivery } = invitation;
  const isOpen = status === 'pending' || status === 'expired';
  const expiry = isOpen ? `, ${status === 'expired' ? 'expired' : 'expires'} on ${dateOf(expiresAt)}` : '';
  const reason = delivery.reason === undefined ? '' : ` (${delivery.reason})`;
  const fate = `${nameOf(roles)}${expiry}. ${deliveries[delivery.status] ?? delivery.status}${reason}.`;
  const item = h('li', {}, h('div', {}, h('strong', {}, email), h('br'), h('small', {}, fate)));
  // Roles that the reader may not grant, they may not offer again or revoke either.
  if (isOpen && grantable.some(([value]) => value === roles.join(' '))) item.append(...actions(path, invitation, grantable, item));
  return item;
}

function actions(path: string, { invitationId, email }: Invitation, grantable: [string, string][], item: HTMLElement): Node[] {
  const one = `${path}/invitations/${invitationId}`;
  const keyOf = keys();
  const resend = async (body: { delivery: 'email' | 'link'; confirmAddress?: true }) => {
    const sent = await api<Invitation>(`${one}/resend`, { body, idempotencyKey: keyOf(body) });
    const replacement = row(path, sent, grantable);
    replacement.append(body.delivery === 'link' ? linkToPassOn(sent) : notice('The invitation is on its way, with a new link.'));
    item.replaceWith(replacement);
  };
  const sendAgain = button('Send again', async () => {
    try {
      await resend({ delivery: 'email' });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'address-undeliverable') throw error;
      sendAgain.replaceWith(alertOf(error.saying(undeliverable(email))), confirmed);
    }
  });
  // Emails that bounce harm the reputation of the sender. So a person says that the address is right.
  const confirmed = button('The address is right, send again', () => resend({ delivery: 'email', confirmAddress: true }));
  const newLink = button('New link', () => resend({ delivery: 'link' }));
  const revoke = button('Revoke', async () => {
    await call(one, { method: 'DELETE' });
    item.replaceChildren(notice(`You revoked the invitation to ${email}.`));
  });
  return [sendAgain, newLink, revoke];
}

const undeliverable = (email: string): string =>
  `The last email to ${email} bounced, or its reader reported it as spam. ` +
  'If the address is wrong, revoke this invitation and invite the right address.';

/** The link of an invitation, which the API returns once. */
export function linkToPassOn({ email, acceptUrl }: Invitation): HTMLElement {
  // The same request was sent before, and its response was lost.
  if (acceptUrl === undefined) return notice('The link was shown before. Choose “New link” in the list for another one.');
  const field = h('input', { value: acceptUrl, readOnly: true, ariaLabel: 'Link' });
  const copy = button('Copy', async () => {
    await navigator.clipboard.writeText(acceptUrl);
    copy.replaceWith(notice('Copied.'));
  });
  return h('div', { className: 'field' }, paragraph(`Pass this link on to ${email}. It is shown only once.`), field, copy);
}
