import type { Flow } from '../api/flow.js';
import type { SipFlow } from '../transport/sip-flow.js';

/** Every flow that the stack hands out is one that it can write to. */
export function writableFlow(flow: Flow | undefined): SipFlow | undefined {
  return flow !== undefined && isWritable(flow) ? flow : undefined;
}

function isWritable(flow: Flow): flow is SipFlow {
  return 'send' in flow;
}
