import { expect, it } from 'vitest';
import { isEmergencyService } from './asked-service.js';

it.each([
  ['urn:service:sos', true],
  ['URN:Service:SOS.fire', true],
  ['urn:service:sos.animal-control', true],
  ['urn:service:sos.unknown.deeper', true],
  ['urn:service:counseling', false],
  ['urn:service:sosig', false],
  ['urn:service:sos.', false],
  ['urn:nena:service:sos', false],
  ['sip:sos@example.org', false],
  [`urn:service:sos${'.a'.repeat(9)}`, false],
])('%s: %s', (uri, expected) => {
  expect(isEmergencyService(uri)).toBe(expected);
});
