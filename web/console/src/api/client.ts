import i18next from 'i18next';
import { session } from './session';
import type { Problem } from './types';

const root = '/api/v1';

/** An answer other than 2xx, or none at all (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
  }
}

export interface RequestOptions {
  method?: 'GET' | 'POST';
  query?: Record<string, string | number | boolean | null | undefined>;
  yaml?: string;
  idempotencyKey?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Sends one request with the session's token. A refused token ends the session. */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const token = session.token();
  let response: Response;
  try {
    response = await fetch(address(path, options.query), {
      method: options.method ?? 'GET',
      headers: {
        'Accept-Language': i18next.resolvedLanguage === 'zh' ? 'zh-CN' : 'en',
        Accept: 'application/json, application/problem+json, text/plain, text/event-stream',
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(options.yaml === undefined ? {} : { 'Content-Type': 'application/yaml' }),
        ...(options.idempotencyKey === undefined ? {} : { 'Idempotency-Key': options.idempotencyKey }),
        ...options.headers,
      },
      ...(options.yaml === undefined ? {} : { body: options.yaml }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      cache: 'no-store',
    });
  } catch (failure) {
    if (options.signal?.aborted) throw failure;
    throw new ApiError(0, {});
  }

  if (response.ok) return response;
  // An answer to a token that has been replaced meanwhile says nothing about the new one.
  if (response.status === 401 && session.token() === token) session.signOut();
  throw new ApiError(response.status, await readProblem(response));
}

export function address(path: string, query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return `${root}/${path}${text === '' ? '' : `?${text}`}`;
}

/** A key that makes a repeated write the same write. Works on plain HTTP too, where randomUUID is missing. */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const problem: unknown = await response.json();
    return typeof problem === 'object' && problem !== null ? (problem as Problem) : {};
  } catch {
    return {};
  }
}
