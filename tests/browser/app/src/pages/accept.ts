import { api, call, keys } from '../api.ts';
import { a, asButton, h, paragraph, section } from '../dom.ts';
import { button, form, notice } from '../form.ts';
import { accessToken, link, open } from '../session.ts';
import { dateOf, nameOf, type Me, type Preview } from '../types.ts';
import { answer, isOver } from './accept-answers.ts';

const KEPT = 'invitationToken';
const PATH = '/invitations/accept';

/** The token of the invitation that this tab was opened with. It outlives the sign-in, and ends with the tab. */
export const invitationToken = (): string | null => sessionStorage.getItem(KEPT);

/** Takes the token out of the address bar, so that it is in no history, bookmark or copied URL. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) {
    sessionStorage.setItem(KEPT, token);
    history.replaceState(null, '', location.pathname);
  }
  return invitationToken();
}

/** The page that the link in the email opens. Only a button accepts the invitation, since scanners of emails open links. */
export async function accept(): Promise<Node> {
  const token = takeToken();
  if (token === null) {
    const mine = a('Your invitations', '/my-invitations');
    return section('Invitation', paragraph('Open the link in the email that invites you.'), paragraph(mine));
  }
  const email = (await accessToken()) === undefined ? undefined : (await api<Me>('/me')).email;
  try {
    const preview = await api<Preview>('/invitations/preview', { body: { token } });
    return section(`Join ${preview.organizationName}`, ...terms(preview), choices(token, email));
  } catch (error) {
    return section('Invitation', explained(error, email));
  }
}

/** What the reader reads instead. The token of an invitation that is over is of no more use. */
function explained(error: unknown, email?: string): HTMLElement {
  if (isOver(error)) sessionStorage.removeItem(KEPT);
  return answer(error, email);
}

const terms = ({ inviterName, roles, expiresAt }: Preview): Node[] => [
  paragraph(inviterName ?? 'A member', ' invites you as ', h('strong', {}, nameOf(roles)), '.'),
  paragraph(h('small', {}, `The invitation expires on ${dateOf(expiresAt)}.`)),
];

/** What the reader can do. `email` is that of the account that is signed in. */
function choices(token: string, email?: string): HTMLElement {
  /** Ends the invitation in this tab if the request succeeds, and says why if it does not. */
  const reply = async (request: Promise<unknown>, then: () => void) => {
    try {
      await request;
      sessionStorage.removeItem(KEPT);
      then();
    } catch (error) {
      element.replaceWith(explained(error, email));
    }
  };
  const decline = button('Decline', () =>
    reply(call('/invitations/decline', { body: { token } }), () =>
      element.replaceWith(notice('You declined the invitation. The organization can invite you again.')),
    ),
  );
  const actions = h('div', { className: 'actions' });
  const element = h('div', {}, actions);
  if (email === undefined) {
    const query = { next: PATH };
    actions.append(asButton('Sign up to accept', link('/sign-up', query)), asButton('Sign in to accept', link('/sign-in', query)));
    element.prepend(paragraph('You need an account with the email address at which the invitation arrived.'));
  } else {
    const keyOf = keys();
    const request = () => api('/invitations/accept', { body: { token }, idempotencyKey: keyOf(token) });
    const acceptance = form(`Accept as ${email}`, [], () => reply(request(), () => open('/')));
    acceptance.classList.add('inline');
    actions.append(acceptance);
  }
  actions.append(decline);
  return element;
}
