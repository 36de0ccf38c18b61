import {
  confirmUserAttribute,
  fetchUserAttributes,
  sendUserAttributeVerificationCode,
  signOut,
  updatePassword,
  updateUserAttribute,
} from 'aws-amplify/auth';

import { card, paragraph, section } from '../dom.ts';
import { button, form, notice, type Field } from '../form.ts';
import { goOn, open, parameter } from '../session.ts';

/** The user's own data. Cognito stores it, so the page calls Cognito. The API caches name and email for up to five minutes. */
export async function account(): Promise<Node> {
  const { name = '', email = '', email_verified: verified } = await fetchUserAttributes();
  return section(
    'Account',
    card('Name', nameForm(name)),
    ...(verified === 'true' ? [] : [card('Verify your email address', proof(email))]),
    card('Email address', emailForm(email)),
    card('Password', passwordForm()),
    card('Sessions', paragraph('Sign out on every device, this one included.'), everywhere()),
  );
}

function nameForm(name: string): Node {
  const field: Field = { name: 'name', label: 'Name', value: name, autocomplete: 'name' };
  const element = form('Change name', [field], async ({ name: value }) => {
    await updateUserAttribute({ userAttribute: { attributeKey: 'name', value } });
    element.append(notice('Your name is changed.'));
  });
  return element;
}

/** An administrator created the user with an email address that no one has verified. The user cannot accept invitations before. */
function proof(email: string): Node {
  const element = button('Send a code', async () => {
    await sendUserAttributeVerificationCode({ userAttributeKey: 'email' });
    element.replaceWith(verification(email));
  });
  return element;
}

/** The old email address stays until the new one is verified. */
function emailForm(email: string): Node {
  const field: Field = { name: 'email', label: 'Email address', type: 'email', value: email, autocomplete: 'email' };
  const element = form('Change email address', [field], async ({ email: value }) => {
    await updateUserAttribute({ userAttribute: { attributeKey: 'email', value } });
    element.replaceWith(verification(value));
  });
  return element;
}

function verification(email: string): Node {
  const field: Field = { name: 'code', label: `Code sent to ${email}`, autocomplete: 'one-time-code' };
  const element = form('Verify', [field], async ({ code }) => {
    await confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: code.trim() });
    // An invitation waits for this.
    if (parameter('next') !== null) goOn();
    else element.replaceWith(notice(`Your email address is ${email} now.`));
  });
  return element;
}

function passwordForm(): Node {
  const fields: Field[] = [
    { name: 'old', label: 'Current password', type: 'password', autocomplete: 'current-password' },
    { name: 'new', label: 'New password', type: 'password', autocomplete: 'new-password', hint: 'At least 12 characters.' },
  ];
  const element = form('Change password', fields, async (values) => {
    await updatePassword({ oldPassword: values.old, newPassword: values.new });
    element.reset();
    element.append(notice('Your password is changed.'));
  });
  return element;
}

const everywhere = (): Node =>
  button('Sign out everywhere', async () => {
    await signOut({ global: true });
    open('/sign-in');
  });
