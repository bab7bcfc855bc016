import { ApiError, routes, type Route, type RouteName } from '@carillon/contracts';
import { ApiFailure } from './api-failure.js';
import { buildUrl } from './build-url.js';
import type { CallAnswer, CallArguments } from './call-input.js';

interface AnyInput {
  params?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

/** Answers that take longer are given up, so that no page waits for ever. */
const TIMEOUT_MS = 20_000;

/** Calls the server's routes by name, with everything typed by the contracts. */
export class ApiClient {
  /** Of the session; sent with every request that changes something. */
  csrfToken: string | null = null;
  /** Nobody is at the browser: what the page fetches by itself does not use the session. */
  idle = false;
  /** Told when the server no longer knows the session. */
  onSessionLost: () => void = () => {};

  constructor(private readonly fetcher: typeof fetch) {}

  /** @throws ApiFailure for every answer but 2xx, for none at all, and for one that does not fit its schema. */
  readonly call = async <Name extends RouteName>(
    name: Name,
    ...[input]: CallArguments<Name>
  ): Promise<CallAnswer<Name>> => {
    const route: Route = routes[name];
    const given: AnyInput = input ?? {};
    const response = await this.send(route, given);
    if (!response.ok) throw await this.failure(name, response);
    if (route.response === undefined || response.status === 204) return undefined as CallAnswer<Name>;
    const answer = route.response.safeParse(await response.json().catch(() => undefined));
    if (!answer.success) {
      throw new ApiFailure('CLIENT.UNEXPECTED_ANSWER', 'The server answered something this page does not understand.', {
        status: response.status,
      });
    }
    return answer.data as CallAnswer<Name>;
  };

  private async send(route: Route, { params, query, body, signal }: AnyInput): Promise<Response> {
    const headers = new Headers({ accept: 'application/json' });
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (route.method !== 'GET' && this.csrfToken !== null) headers.set('x-carillon-csrf', this.csrfToken);
    if (route.method === 'GET' && this.idle) headers.set('x-carillon-idle', '1');
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await this.fetcher(buildUrl(route.path, params, query), {
        method: route.method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: 'same-origin',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (timeout.aborted) throw new ApiFailure('CLIENT.TIMEOUT', 'The server took too long to answer.');
      throw new ApiFailure('CLIENT.OFFLINE', 'The server cannot be reached. Check your connection.');
    }
  }

  private async failure(name: RouteName, response: Response): Promise<ApiFailure> {
    const body = ApiError.safeParse(await response.json().catch(() => undefined));
    const retryAfter = Number(response.headers.get('retry-after'));
    const details = {
      status: response.status,
      ...(body.success && body.data.fields !== undefined && { fields: body.data.fields }),
      ...(retryAfter > 0 && { retryAfterSeconds: Math.ceil(retryAfter) }),
    };
    if (response.status === 401 && name !== 'login' && name !== 'me') this.onSessionLost();
    return body.success
      ? new ApiFailure(body.data.code, body.data.message, details)
      : new ApiFailure('CLIENT.REFUSED', `The server refused this (${response.status}).`, details);
  }
}
