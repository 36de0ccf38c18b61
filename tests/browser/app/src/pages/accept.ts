import { api, call, Problem } from '../api.ts';
import { a, h, paragraph, section } from '../dom.ts';
import { alertOf, button, form, notice } from '../form.ts';
import { accessToken, leave, link, open } from '../session.ts';
import { dateOf, nameOf, type Me, type Preview } from '../types.ts';

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
  if (token === null) return section('Invitation', paragraph('Open the link in the email that invites you.'));
  try {
    const preview = await api<Preview>('/invitations/preview', { body: { token } });
    return section(`Join ${preview.organizationName}`, ...terms(preview), await choices(token));
  } catch (error) {
    sessionStorage.removeItem(KEPT);
    return section('Invitation', ended(error), paragraph(a('Home', '/')));
  }
}

const terms = ({ inviterName, roles, expiresAt }: Preview): Node[] => [
  paragraph(inviterName ?? 'A member', ' invites you as ', h('strong', {}, nameOf(roles)), '.'),
  paragraph(h('small', {}, `The invitation expires on ${dateOf(expiresAt)}.`)),
];

async function choices(token: string): Promise<HTMLElement> {
  const decline = button('Decline', async () => {
    await call('/invitations/decline', { body: { token } });
    sessionStorage.removeItem(KEPT);
    actions.replaceWith(notice('You declined the invitation.'));
  });
  const actions = h('div', { className: 'actions' });
  if ((await accessToken()) === undefined) {
    const query = { next: PATH };
    actions.append(asButton('Sign up to accept', link('/sign-up', query)), asButton('Sign in to accept', link('/sign-in', query)));
  } else {
    const { email } = await api<Me>('/me');
    actions.append(acceptance(token, email));
  }
  actions.append(decline);
  return actions;
}

const asButton = (text: string, href: string): HTMLElement => h('a', { href, className: 'button' }, text);

function acceptance(token: string, email: string): HTMLElement {
  const element = form(`Accept as ${email}`, [], async () => {
    try {
      await api('/invitations/accept', { body: { token } });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invitation-for-another-address') throw error;
      // The token stays for the next sign-in in this tab.
      element.replaceWith(alertOf(error), button('Sign in with another account', () => leave(PATH)));
      return;
    }
    sessionStorage.removeItem(KEPT);
    open('/');
  });
  element.classList.add('inline');
  return element;
}

/** Why the link shows no invitation. The reader may have no account, so the texts are the page's own. */
function ended(error: unknown): Node {
  const texts: Record<string, string> = {
    'invitation-not-found': 'This link is not valid. Check that you opened the whole link.',
    'invitation-already-accepted': 'This invitation was already accepted.',
    'invitation-declined': 'This invitation was declined. Ask for a new one.',
    'invitation-expired': 'This invitation has expired. Ask for a new one.',
    'invitation-revoked': 'This invitation was revoked.',
  };
  const text = error instanceof Problem ? texts[error.code] : undefined;
  if (text === undefined || !(error instanceof Problem)) return alertOf(error);
  return alertOf(new Problem(error.status, error.code, text));
}
