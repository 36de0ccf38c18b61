import { Amplify } from 'aws-amplify';

/** What the page has to know. One build serves every stage, since the page reads this file when it starts. */
export interface Config {
  apiUrl: string;
  userPoolId: string;
  userPoolClientId: string;
  /** The local stack's endpoint. On AWS, leave it out: Amplify derives Cognito's endpoint from the user pool's region. */
  awsEndpointUrl?: string;
  /** Whether the stack's parameter `AcceptInApp` is `true`. */
  acceptInApp?: boolean;
}

const response = await fetch('/config.json');
if (!response.ok) throw new Error('There is no config.json. README.md says how to write it.');
export const config: Config = await response.json();

Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: config.userPoolId,
      userPoolClientId: config.userPoolClientId,
      userPoolEndpoint: config.awsEndpointUrl,
    },
  },
});
