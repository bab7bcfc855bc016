import type { z } from 'zod';

/**
 * Who may call a route: `public` needs no session; `session` any logged-in user, even one who still has to change the
 * generated password; `staff` and `admin` that role; `operator` an admin who looks after the installation as well.
 */
export type RouteAccess = 'public' | 'session' | 'staff' | 'admin' | 'operator';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with `:name` parameters, under the server's root. */
  readonly path: string;
  readonly access: RouteAccess;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Longest body, in bytes, where it is more than a form: it is read only of who may call the route. */
  readonly bodyBytes?: number;
  /** Absent: 204, or bytes as the route's comment says. */
  readonly response?: z.ZodType;
}

/** Keeps a route's literal types. */
export function route<const R extends Route>(definition: R): R {
  return definition;
}
