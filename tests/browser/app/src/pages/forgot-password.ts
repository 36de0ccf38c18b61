import { confirmResetPassword, resetPassword } from 'aws-amplify/auth';

import { a, paragraph, section } from '../dom.ts';
import { form, type Field } from '../form.ts';
import { link, open, parameter } from '../session.ts';

/** Sends a code by email, then sets a new password with it. */
export function forgotPassword(): Node {
  const next = parameter('next') ?? '/';
  const email: Field = {
    name: 'email',
    label: 'Email address',
    type: 'email',
    value: parameter('email') ?? '',
    autocomplete: 'username',
  };
  const page = section(
    'Forgot your password?',
    form('Send a code', [email], async ({ email }) => {
      await resetPassword({ username: email });
      page.replaceWith(replacement(email, next));
    }),
    paragraph(a('Back to sign in', link('/sign-in', { next }))),
  );
  return page;
}

function replacement(email: string, next: string): Node {
  const fields: Field[] = [
    { name: 'code', label: 'Code', autocomplete: 'one-time-code' },
    { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password', hint: 'At least 12 characters.' },
  ];
  return section(
    'Choose a new password',
    // Cognito does not say whether there is such a user.
    paragraph('If there is an account for ', email, ', we sent a code to this address.'),
    form('Set password', fields, async ({ code, password }) => {
      await confirmResetPassword({ username: email, confirmationCode: code.trim(), newPassword: password });
      open('/sign-in', { next });
    }),
  );
}
