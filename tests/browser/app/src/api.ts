import { config } from './config.ts';
import { accessToken } from './session.ts';
import type { Role } from './types.ts';

/** An error response of the API. Branch on `code`: it is stable, and the texts are not. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** Which values of the request body break a rule. */
    readonly errors: { pointer: string; detail: string }[] = [],
    /** Where a permission is missing: the roles that have it. */
    readonly rolesThatMay: Role[] = [],
  ) {
    super(detail);
  }

  /** The same error, in words of the page. */
  saying(detail: string): Problem {
    return new Problem(this.status, this.code, detail, this.errors, this.rolesThatMay);
  }
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** The `ETag` of what was read, so that the API rejects the change if another user made one in between. */
  ifMatch?: string;
  /** See `keys`: if the request is sent twice, it has one effect. */
  idempotencyKey?: string;
}

/** Calls the API as the signed-in user, or without a token if no user is signed in. */
export async function call(path: string, options: Options = {}): Promise<Response> {
  const headers = new Headers();
  const token = await accessToken();
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.ifMatch !== undefined) headers.set('if-match', options.ifMatch);
  if (options.idempotencyKey !== undefined) headers.set('idempotency-key', options.idempotencyKey);
  const body = options.body === undefined ? null : JSON.stringify(options.body);
  const method = options.method ?? (body === null ? 'GET' : 'POST');
  const response = await fetch(config.apiUrl + path, { method, headers, body }).catch(() => {
    throw new Problem(0, 'no-response', 'There was no response. Check your connection, and try again.');
  });
  if (!response.ok) throw await problem(response);
  return response;
}

export async function api<T>(path: string, options: Options = {}): Promise<T> {
  return (await call(path, options)).json() as Promise<T>;
}

/** Where the page has words of its own for an error of a request, the error says these. */
export async function inWords<T>(words: Record<string, string>, request: Promise<T>): Promise<T> {
  return request.catch((error) => {
    const text = error instanceof Problem ? words[error.code] : undefined;
    throw text === undefined ? error : error.saying(text);
  });
}

/** An idempotency key for each request body: if a response is lost and the user presses again, there is one effect. */
export function keys(): (body: unknown) => string {
  const made = new Map<string, string>();
  return (body) => {
    const request = JSON.stringify(body);
    const key = made.get(request) ?? crypto.randomUUID();
    made.set(request, key);
    return key;
  };
}

/** The functions answer with problem details. API Gateway itself answers with a `message`, which is for developers. */
async function problem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  const detail = body.detail ?? 'The service did not answer as expected. Try again in a minute.';
  return new Problem(response.status, body.code ?? 'gateway', detail, body.errors, body.rolesThatMay);
}
