import { fetchAuthSession, signOut } from 'aws-amplify/auth';

/** The access token of the signed-in user. Amplify gets a new one with the refresh token when it has expired. */
export async function accessToken(): Promise<string | undefined> {
  const session = await fetchAuthSession();
  return session.tokens?.accessToken.toString();
}

/** Opens the sign-in page, and comes back here afterwards. */
export function goToSignIn(): void {
  open('/sign-in', { next: location.pathname + location.search });
}

/** Signs out on this device, and opens the sign-in page. */
export async function leave(next = '/'): Promise<void> {
  await signOut();
  open('/sign-in', { next });
}

/** Opens a page of this app. */
export function open(path: string, query: Record<string, string> = {}): void {
  location.assign(link(path, query));
}

export function link(path: string, query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Opens what `?next=` names: pages of this app only, since anyone can write a link. */
export function goOn(): void {
  const next = new URL(parameter('next') ?? '/', location.origin);
  open(next.origin === location.origin ? next.pathname + next.search : '/');
}

export function parameter(name: string): string | null {
  return new URLSearchParams(location.search).get(name);
}
