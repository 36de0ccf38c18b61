// What the invitation page shows for each error of preview, accept and decline. docs/guides/front-end.md has the same table.
import { Problem } from '../api.ts';
import { a, asButton, h, paragraph } from '../dom.ts';
import { alertOf, button } from '../form.ts';
import { leave, link } from '../session.ts';

const BACK = '/invitations/accept';

/** Errors after which this token never accepts an invitation. */
const over = [
  'invitation-not-found',
  'invitation-already-accepted',
  'already-a-member',
  'invitation-expired',
  'invitation-declined',
  'invitation-revoked',
];

export const isOver = (error: unknown): boolean => error instanceof Problem && over.includes(error.code);

/** What happened, and what the reader can do. `email` is that of the account that is signed in. */
export function answer(error: unknown, email?: string): HTMLElement {
  const known = error instanceof Problem ? words(error.code, email) : undefined;
  if (known === undefined || !(error instanceof Problem)) {
    // No response, or too many requests: the invitation is as it was.
    return h('div', {}, alertOf(error), button('Try again', async () => location.reload()));
  }
  const [text, ...steps] = known;
  return h('div', {}, alertOf(error.saying(text)), h('div', { className: 'actions' }, ...steps));
}

/** The reader may have no account and no idea of tokens, so the words are the page's own. */
function words(code: string, email?: string): [string, ...Node[]] | undefined {
  switch (code) {
    case 'invitation-not-found':
      return ['This link is not complete. Open it in the email again, or copy all of it.', mine()];
    case 'invitation-expired':
      return [`This invitation has expired. Ask the person who invited you to send it again. ${NEWER}`, mine()];
    case 'invitation-revoked':
      return [`The organization revoked this invitation. ${NEWER}`, mine()];
    case 'invitation-declined':
      return [`This invitation was declined. If you want to join, ask the organization to invite you again. ${NEWER}`, mine()];
    case 'invitation-already-accepted': {
      const text = 'This invitation was accepted before. Sign in with the account that accepted it.';
      return email === undefined ? [text, asButton('Sign in', link('/sign-in', { next: '/' }))] : [text, home(), otherAccount('/')];
    }
    case 'already-a-member':
      return ['You are a member of this organization already.', home()];
    case 'invitation-for-another-address':
      return [
        `You are signed in as ${email}. The invitation is for another email address. Sign in with the address at which it arrived.`,
        otherAccount(BACK),
      ];
    case 'email-not-verified':
      return [
        `Your email address ${email} is not verified. Verify it, then accept the invitation.`,
        asButton('Verify', link('/account', { next: BACK })),
      ];
    case 'inviter-lost-authority':
      return [
        'The person who invited you can no longer do so. Ask another member of the organization to send the invitation again. ' +
          'This link then works.',
      ];
    default:
      return undefined;
  }
}

const NEWER = 'If you have a newer email, open its link.';

const home = (): Node => paragraph(a('Your organizations', '/'));

/** A newer invitation is there, too. */
const mine = (): Node => paragraph(a('Your invitations', '/my-invitations'));

/** The token stays in this tab, so the same invitation is open after the sign-in. */
const otherAccount = (next: string): Node => button('Sign in with another account', () => leave(next));
