import { Problem } from './api.ts';
import { a, section } from './dom.ts';
import { alertOf } from './form.ts';
import { frame } from './frame.ts';
import { accept } from './pages/accept.ts';
import { account } from './pages/account.ts';
import { forgotPassword } from './pages/forgot-password.ts';
import { home } from './pages/home.ts';
import { invitations } from './pages/invitations.ts';
import { members } from './pages/members.ts';
import { myInvitations } from './pages/my-invitations.ts';
import { settings } from './pages/settings.ts';
import { signIn } from './pages/sign-in.ts';
import { signUp } from './pages/sign-up.ts';
import { accessToken, goToSignIn, leave } from './session.ts';

type Page = () => Node | Promise<Node>;

/** Every page is loaded from the server anew, so there is no router: one path, one page. */
const open: Record<string, Page> = {
  '/sign-in': signIn,
  '/sign-up': signUp,
  '/forgot-password': forgotPassword,
  '/invitations/accept': accept,
};
const forUsers: Record<string, Page> = {
  '/': home,
  '/members': members,
  '/invitations': invitations,
  '/my-invitations': myInvitations,
  '/settings': settings,
  '/account': account,
};

async function show(page: Page): Promise<void> {
  try {
    document.body.replaceChildren(await frame(await page()));
  } catch (error) {
    // The account was deleted or disabled, or its sessions were ended elsewhere.
    if (error instanceof Problem && error.status === 401) return leave(location.pathname + location.search);
    document.body.replaceChildren(await frame(section('This page cannot be shown', alertOf(error), a('Home', '/'))));
  }
}

const page = open[location.pathname];
if (page !== undefined) await show(page);
else if ((await accessToken()) === undefined) goToSignIn();
else await show(forUsers[location.pathname] ?? home);
// A link to the page that is open, with another token: the browser changes the address and loads nothing.
addEventListener('hashchange', () => location.reload());
