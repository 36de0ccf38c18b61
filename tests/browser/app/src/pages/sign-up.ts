import { autoSignIn, confirmSignUp, resendSignUpCode, signUp as start } from 'aws-amplify/auth';

import { a, paragraph, section } from '../dom.ts';
import { button, form, notice, type Field } from '../form.ts';
import { goOn, link, parameter } from '../session.ts';
import { invitationToken } from './accept.ts';

const organization: Field = {
  name: 'organizationName',
  label: 'Organization',
  required: false,
  hint: 'Leave it empty to be asked later.',
};

const invited = 'Use the address at which the invitation arrived.';

/** Registers a user, then asks for the code that Cognito sends by email. */
export function signUp(): Node {
  const isInvited = invitationToken() !== null;
  const fields: Field[] = [
    { name: 'name', label: 'Name', autocomplete: 'name' },
    { name: 'email', label: 'Email address', type: 'email', autocomplete: 'username', hint: isInvited ? invited : undefined },
    { name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password', hint: 'At least 12 characters.' },
    // A user with an invitation joins that organization instead of creating one.
    ...(isInvited ? [] : [organization]),
  ];
  const page = section(
    'Sign up',
    form('Sign up', fields, async ({ name, email, password, organizationName }) => {
      await start({ username: email, password, options: { userAttributes: { email, name }, autoSignIn: true } });
      page.replaceWith(confirmation(email, organizationName));
    }),
    paragraph('Do you have an account? ', a('Sign in', link('/sign-in', { next: parameter('next') ?? '/' }))),
  );
  return page;
}

/** Asks for the code. Cognito stores nothing about the organization, so its name goes along with the code. */
export function confirmation(email: string, organizationName = ''): HTMLElement {
  const clientMetadata: Record<string, string> = organizationName === '' ? {} : { organizationName };
  const code: Field = { name: 'code', label: 'Code', autocomplete: 'one-time-code' };
  return section(
    'Confirm your email address',
    paragraph('Enter the code that we sent to ', email, '.'),
    form('Confirm', [code], async (values) => {
      const confirmationCode = values.code.trim();
      const options = { clientMetadata };
      const { nextStep } = await confirmSignUp({ username: email, confirmationCode, options });
      // Amplify remembers the password until the page is left. After that, the user signs in with it.
      if (nextStep.signUpStep === 'COMPLETE_AUTO_SIGN_IN') await autoSignIn();
      goOn();
    }),
    resend(email),
  );
}

function resend(email: string): HTMLElement {
  const element = button('Send another code', async () => {
    await resendSignUpCode({ username: email });
    element.replaceWith(notice('We sent another code.'));
  });
  return element;
}
