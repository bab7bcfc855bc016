import type { Route, RouteName, routes } from '@carillon/contracts';
import type { Principal } from '@carillon/identity';
import type { z } from 'zod';
import type { BytesAnswer } from './bytes-answer.js';
import type { FileAnswer } from './file-answer.js';

type Contract<Name extends RouteName> = (typeof routes)[Name];

type ParamsOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Record<Name, string> & ParamsOf<Rest>
  : Path extends `${string}:${infer Name}`
    ? Record<Name, string>
    : unknown;
type SchemaOutput<Contracted, Part extends 'body' | 'query'> =
  Contracted extends Record<Part, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;
type PrincipalOf<Contracted extends Route> = Contracted['access'] extends 'public' ? Principal | undefined : Principal;

/** What a handler is given: checked, typed by the route's contract. */
export interface RouteRequest<Name extends RouteName> {
  readonly principal: PrincipalOf<Contract<Name>>;
  readonly params: ParamsOf<Contract<Name>['path']>;
  readonly query: SchemaOutput<Contract<Name>, 'query'>;
  readonly body: SchemaOutput<Contract<Name>, 'body'>;
  readonly client: {
    readonly address: string;
    readonly userAgent: string;
    /** The session cookie's token, if one was sent. */
    readonly token: string | undefined;
    /** `http://host:port` by which the client reached us, for links. */
    readonly origin: string;
  };
  /** Sets or (undefined) clears the session cookie. */
  readonly setSession: (token: string | undefined) => void;
}

/** What a handler returns; checked against the contract, which also drops what it does not name. */
export type RouteAnswer<Name extends RouteName> =
  Contract<Name> extends { response: infer Schema extends z.ZodType }
    ? z.input<Schema>
    : BytesAnswer | FileAnswer | void;

export type RouteHandler<Name extends RouteName> = (request: RouteRequest<Name>) => Promise<RouteAnswer<Name>>;

/** A handler for each of these routes: none can be forgotten. */
export type RouteHandlers<Names extends RouteName = RouteName> = { readonly [Name in Names]: RouteHandler<Name> };
