import type { DigestAlgorithm } from '@carillon/sip-message';

/** Digest credentials as a client; `ha1` is MD5(user:realm:password) or its SHA-256 siblings. */
export type Credentials = (
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly ha1: Readonly<Partial<Record<DigestAlgorithm, string>>> }
) & {
  /** Algorithms that may be answered with; all when left out. Leave MD5 out where the peer is known to do better. */
  readonly algorithms?: readonly DigestAlgorithm[];
};

/** A realm that asks who we are. */
export interface ChallengedRealm {
  readonly realm: string;
  /** True for a proxy's 407, false for the peer's own 401. */
  readonly proxy: boolean;
  /** What it takes, in its order of preference. */
  readonly algorithms: readonly DigestAlgorithm[];
}

/** Credentials for every realm, or a look-up by realm; undefined where there are none, and the request fails. */
export type CredentialSource =
  Credentials | ((challenged: ChallengedRealm) => Credentials | undefined | Promise<Credentials | undefined>);
