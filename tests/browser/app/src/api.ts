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
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** The `ETag` of what was read, so that the API rejects the change if another user made one in between. */
  ifMatch?: string;
  /** One key for one form: if the request is sent twice, it has one effect. */
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
  const response = await fetch(config.apiUrl + path, { method, headers, body });
  if (!response.ok) throw await problem(response);
  return response;
}

export async function api<T>(path: string, options: Options = {}): Promise<T> {
  return (await call(path, options)).json() as Promise<T>;
}

/** The functions answer with problem details. API Gateway itself answers with `message` alone. */
async function problem(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  const detail = body.detail ?? body.message ?? 'The API did not answer as expected. Try again.';
  return new Problem(response.status, body.code ?? 'gateway', detail, body.errors, body.rolesThatMay);
}
