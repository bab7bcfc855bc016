import { ApiClient } from './api-client.js';

/** The page's one connection to the REST routes; it holds the session's CSRF token. */
export const api = new ApiClient((input, init) => window.fetch(input, init));

/** Calls a route by name: `call('getUser', { params: { userId } })`. */
export const call = api.call;
