import type { RouteName, routes } from '@carillon/contracts';
import type { z } from 'zod';

type Definition<Name extends RouteName> = (typeof routes)[Name];

/** The names behind the colons of a path. */
type PathParameter<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParameter<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Params<Name extends RouteName> = [PathParameter<Definition<Name>['path']>] extends [never]
  ? unknown
  : { params: Record<PathParameter<Definition<Name>['path']>, string> };
type Query<Name extends RouteName> =
  Definition<Name> extends { query: infer Schema extends z.ZodType } ? { query?: z.input<Schema> } : unknown;
type Body<Name extends RouteName> =
  Definition<Name> extends { body: infer Schema extends z.ZodType } ? { body: z.input<Schema> } : unknown;

/** What a route is called with: its path's parameters, its query and its body. */
export type CallInput<Name extends RouteName> = Params<Name> & Query<Name> & Body<Name> & { signal?: AbortSignal };

/** What a route answers; undefined where it answers 204. */
export type CallAnswer<Name extends RouteName> =
  Definition<Name> extends { response: infer Schema extends z.ZodType } ? z.output<Schema> : undefined;

/** The input may be left out where nothing in it is needed. */
export type CallArguments<Name extends RouteName> =
  object extends CallInput<Name> ? [input?: CallInput<Name>] : [input: CallInput<Name>];
