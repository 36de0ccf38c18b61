import { confirmSignIn, signIn as start, type SignInOutput } from 'aws-amplify/auth';

import { a, paragraph, section } from '../dom.ts';
import { form, type Field } from '../form.ts';
import { accessToken, goOn, link, open, parameter } from '../session.ts';
import { confirmation } from './sign-up.ts';

/** Signs in with Amplify's default, the Secure Remote Password protocol: the password does not leave the browser. */
export async function signIn(): Promise<Node> {
  const next = parameter('next') ?? '/';
  if ((await accessToken()) !== undefined) goOn();
  const fields: Field[] = [
    { name: 'email', label: 'Email address', type: 'email', autocomplete: 'username' },
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' },
  ];
  const page = section(
    'Sign in',
    form('Sign in', fields, async ({ email, password }) => {
      const output = await start({ username: email, password });
      const step = stepAfter(output, email);
      if (step !== undefined) page.replaceWith(step);
    }),
    paragraph(a('Forgot your password?', link('/forgot-password', { next }))),
    paragraph('Do you have no account yet? ', a('Sign up', link('/sign-up', { next }))),
  );
  return page;
}

/** What Cognito asks for before the user is signed in. */
function stepAfter({ nextStep }: SignInOutput, email: string): Node | undefined {
  switch (nextStep.signInStep) {
    case 'DONE':
      goOn();
      return undefined;
    case 'CONFIRM_SIGN_UP':
      return confirmation(email);
    case 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED':
      return newPassword(email);
    case 'RESET_PASSWORD':
      open('/forgot-password', { email, next: parameter('next') ?? '/' });
      return undefined;
    default:
      throw new Error(`This page does not know the step ${nextStep.signInStep}. Contact support.`);
  }
}

/** An administrator created the user with a temporary password. */
function newPassword(email: string): Node {
  const field: Field = { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password' };
  return section(
    'Choose a password',
    form('Set password', [field], async ({ password }) => {
      stepAfter(await confirmSignIn({ challengeResponse: password }), email);
    }),
  );
}
