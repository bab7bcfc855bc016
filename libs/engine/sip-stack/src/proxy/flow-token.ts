import type { Flow } from '../api/flow.js';
import { hostPort } from '../transport/sip-flow.js';

/** What names a flow: enough to find it again. */
type FlowEnds = Pick<Flow, 'protocol' | 'localPort' | 'remoteAddress' | 'remotePort'>;

const NONE = '0';

/**
 * The two ways of a dialog for the user part of our Record-Route (RFC 5626 §5.2): to the caller and to the callee.
 * A way that the peer's Contact describes as well is left out.
 */
export function buildFlowToken(ways: { caller: FlowEnds | undefined; callee: FlowEnds | undefined }): string {
  return `${encode(ways.caller)}.${encode(ways.callee)}`;
}

/** @returns ids for finding the flows, `''` where none was noted; undefined when the text is no token */
export function parseFlowToken(token: string): { caller: string; callee: string } | undefined {
  const dot = token.indexOf('.');
  if (dot < 0) return undefined;
  const caller = decode(token.slice(0, dot));
  const callee = decode(token.slice(dot + 1));
  return caller === undefined || callee === undefined ? undefined : { caller, callee };
}

function encode(flow: FlowEnds | undefined): string {
  if (flow === undefined) return NONE;
  const remote = hostPort(flow.remoteAddress, flow.remotePort);
  return Buffer.from(`${flow.protocol}/${flow.localPort}/${remote}`).toString('base64url');
}

function decode(text: string): string | undefined {
  if (text === NONE) return '';
  const match = /^([a-z]+)\/(\d{1,5})\/(.+)$/.exec(Buffer.from(text, 'base64url').toString());
  // The local host of a flow's id does not take part in finding it.
  return match === null ? undefined : `${match[1]}:0.0.0.0:${match[2]}-${match[3]}`;
}
