import type { RouteName } from '@carillon/contracts';

/** Cache keys: the route's name and then what it was asked with, so that a route can be made stale as a whole. */
export const keyOf = (route: RouteName, ...rest: readonly unknown[]): readonly unknown[] => [route, ...rest];
