import type { SipRequest, SipResponse } from '@carillon/sip-message';
import type { InviteCopy } from './dialog-copy.js';
import type { Flow } from './flow.js';
import type { HeaderFields } from './header-fields.js';
import type { ReplyOptions, RequestSource } from './incoming-request.js';

/** One place that a request may be forwarded to (RFC 3261 §16.5). */
export interface ProxyTarget {
  /** Becomes the Request-URI. */
  readonly uri: string;
  /** 0–1, default 1. Equal values are tried at once, lower ones when all higher ones have failed (§16.6). */
  readonly q?: number;
  /** The way of a registration: beats URI and Route set while it is open (RFC 5626 §5.3). */
  readonly flow?: Flow | undefined;
  /** Path of the registration as URIs, first hop first (RFC 3327 §5.3). */
  readonly route?: readonly string[] | undefined;
  /** Over TLS alone, though the URI does not ask for it (RFC 5630 §5.3). */
  readonly secure?: boolean | undefined;
  /** The flow is as good as one of TLS, whatever it looks like: its TLS ends at a server in front of us. */
  readonly trustsFlow?: boolean | undefined;
}

/** How a request is forwarded. */
export interface ProxyPlan {
  /** Duplicates are tried once; an empty list is answered with 480. */
  readonly targets: readonly ProxyTarget[];
  /** Stay in the path of the dialog (§16.6 item 4); true when left out. Only requests that make dialogs are marked. */
  readonly recordRoute?: boolean;
  /** One target after another, also where q is equal. */
  readonly sequential?: boolean;
  /** How long targets of one q may ring before the next ones are tried, milliseconds. Without it: until timer C. */
  readonly ringMilliseconds?: number;
  /** Timer C, milliseconds; at least three minutes (§16.6 item 11). */
  readonly timerCMilliseconds?: number;
  /** Targets that take the place of a 3xx (§16.5); without it a 3xx goes back to the caller. */
  readonly recurse?: (redirect: SipResponse) => readonly ProxyTarget[];
  /** Added to what is forwarded. */
  readonly headers?: HeaderFields;
  /** Names of headers that are not forwarded, e.g. the Proxy-Authorization that was meant for us (§22.3). */
  readonly remove?: readonly string[];
  /** Shortest session interval that we let pass, seconds: below it 422 (RFC 4028 §8.1). */
  readonly minimumSessionSeconds?: number;
  /** It has passed the checks of §16.3 and goes to its targets now. */
  readonly onBegun?: (proxied: ProxiedRequest) => void;
  /** A provisional response other than 100 was forwarded. */
  readonly onProgress?: (response: SipResponse) => void;
  /**
   * Asked once, when a refusal of all targets (300–699) is about to go back: `true` makes us the user agent of the
   * request, the last target that a proxy may add (§16.7 item 4). Its handler gets it then, and `onFinal` is not told.
   * Not asked when the caller gave up.
   */
  readonly takeOver?: (outcome: ProxyOutcome) => boolean;
  /** Told once: the final response that went back to the caller (0: none, RFC 4320 §4.2), and whose it was. */
  readonly onFinal?: (outcome: ProxyOutcome) => void;
}

export interface ProxyOutcome {
  readonly status: number;
  readonly reason: string;
  /** Undefined when the response is our own, e.g. 408 or 480. */
  readonly response: SipResponse | undefined;
  readonly target: ProxyTarget | undefined;
  /** True when the caller gave up. */
  readonly cancelled: boolean;
  /** Of a 2xx to INVITE or UPDATE: without a refresh the session is over after so many seconds (RFC 4028 §8.3). */
  readonly sessionSeconds?: number;
}

/** A request that is on its way to its targets. */
export interface ProxiedRequest {
  /** How many branches were begun. */
  readonly begun: number;
  /** What another process needs to end it: nothing once it has its final response, or is no INVITE. */
  unfinished(): readonly UnfinishedProxied[];
}

/** One side of a forwarded INVITE that waits. */
export interface UnfinishedProxied {
  readonly open: InviteCopy;
  /** Who is called; undefined: the caller's own INVITE. */
  readonly target: ProxyTarget | undefined;
}

/** One contact of a redirection (§8.3). */
export interface RedirectContact {
  readonly uri: string;
  readonly q?: number;
  /** How long it holds, seconds; for this request only when left out. */
  readonly expiresSeconds?: number;
}

/**
 * A request outside our own dialogs, before anybody has decided what we are for it. Exactly one of the methods is
 * called, at once or later; `forward` only at once. CANCEL comes here only when it matches nothing.
 */
export interface RoutedRequest {
  readonly request: SipRequest;
  readonly source: RequestSource;
  /** Request-URI when our own Route values are off and strict routers are undone (§16.4). */
  readonly uri: string;
  /** True when a Route value goes on to someone else. */
  readonly hasRoute: boolean;
  /** We are the user agent: checked by §8.2 and handed to its handler. */
  toUserAgent(): void;
  /** We are a stateful proxy (§16.2–16.10). */
  proxy(plan: ProxyPlan): void;
  /** We are a stateless proxy (§16.11). */
  forward(target: ProxyTarget): void;
  /** We are a redirect server (§8.3): 302, or 300 for a choice; without contacts 480. */
  redirect(contacts: readonly RedirectContact[], options?: { status?: 300 | 301 | 302 | 305 }): void;
  /** A final answer of our own, e.g. 407 or 404; ACK is never answered. */
  reply(status: number, options?: ReplyOptions): void;
}

/** A request inside a dialog that goes through us by our Record-Route. */
export interface PassingRequest {
  readonly request: SipRequest;
  readonly source: RequestSource;
}

/** What became of a request inside a dialog that went through us. */
export interface PassedRequest {
  readonly request: SipRequest;
  readonly outcome: ProxyOutcome;
}

/** What makes a proxy of the stack. */
export interface ProxyOptions {
  /** At least 16 octets: marks our Record-Route values, so that nobody else's Route set makes us a relay. Random when left out; give it to let calls in progress survive a restart. */
  readonly secret?: Uint8Array;
  /** Session interval that calls through us are asked to keep, seconds (RFC 4028 §8.1); nothing is asked when left out. */
  readonly sessionExpiresSeconds?: number;
  /** Host names that are ours, besides the addresses that are listened on. */
  readonly isOwnHost?: (host: string) => boolean;
}
