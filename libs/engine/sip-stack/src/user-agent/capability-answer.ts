import type { HeaderLine } from '@carillon/sip-message';
import { capabilityLines, serverLines } from './core.js';
import type { Capabilities } from './core.js';

/** What a 200 to OPTIONS says, in a dialog and outside (RFC 3261 §11.2). */
export function capabilityAnswer(capabilities: Capabilities): HeaderLine[] {
  const { allowEvents } = capabilities;
  return [
    ...capabilityLines(capabilities),
    ['Accept', 'application/sdp'],
    ['Accept-Encoding', 'identity'],
    ['Accept-Language', 'en'],
    ...(allowEvents === undefined ? [] : [['Allow-Events', allowEvents] as const]),
    ...serverLines(capabilities, 'Server'),
  ];
}
