/** `a=` line: a property (`a=recvonly`, no value) or a value (`a=ptime:20`). RFC 8866 §5.13. */
export interface Attribute {
  readonly name: string;
  readonly value?: string;
}

/** `o=`, RFC 8866 §5.2. The ids are decimal texts: they may exceed what a number holds. */
export interface Origin {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/** `c=`, RFC 8866 §5.7. `address` keeps a multicast's `/ttl/count`. */
export interface Connection {
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/** `b=`, RFC 8866 §5.8. */
export interface Bandwidth {
  readonly type: string;
  readonly value: string;
}

/** `t=` with its `r=` lines, RFC 8866 §5.9–5.10; kept as text. */
export interface TimeDescription {
  readonly start: string;
  readonly stop: string;
  readonly repeats: readonly string[];
}

/** One `m=` section, RFC 8866 §5.14. Port 0 rejects or removes the stream (RFC 3264 §6, §8.2). */
export interface MediaDescription {
  readonly type: string;
  readonly port: number;
  /** The `/count` behind the port, where given. */
  readonly portCount?: number | undefined;
  readonly protocol: string;
  /** RTP payload types as text, or another protocol's formats. Empty where a line that came had none. */
  readonly formats: readonly string[];
  readonly information?: string | undefined;
  readonly connections: readonly Connection[];
  readonly bandwidths: readonly Bandwidth[];
  readonly key?: string | undefined;
  readonly attributes: readonly Attribute[];
}

/** A whole SDP. Unknown attributes are kept in their order, so `build(parse(text))` says the same as `text`. */
export interface SessionDescription {
  readonly origin: Origin;
  readonly name: string;
  readonly information?: string | undefined;
  readonly uri?: string | undefined;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly connection?: Connection | undefined;
  readonly bandwidths: readonly Bandwidth[];
  readonly times: readonly TimeDescription[];
  readonly zone?: string | undefined;
  readonly key?: string | undefined;
  readonly attributes: readonly Attribute[];
  readonly media: readonly MediaDescription[];
}
