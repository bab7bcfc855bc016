import { jsonText } from '@carillon/database';
import { parseMessage, parseSipOrSipsUri } from '@carillon/sip-message';
import { expect, it } from 'vitest';
import { testBinding, testDevice } from '../testing/binding.js';
import { planRegistration } from './plan-registration.js';
import { readContacts } from './read-contact.js';
import { DEFAULT_REGISTRATION_POLICY } from './registration-policy.js';
import { settleChanges } from './settle-changes.js';

const device = testDevice();
const addressOfRecord = parseSipOrSipsUri('sip:alice@example.org');
if (addressOfRecord === undefined) throw new Error('No URI');

/** What a REGISTER of this Contact keeps, as it goes into the record. */
function kept(contact: string) {
  const text = `REGISTER sip:example.org SIP/2.0\r\nContact: ${contact}\r\nl: 0\r\n\r\n`;
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok || parsed.message.kind !== 'request' || addressOfRecord === undefined) throw new Error('Not read');
  const request = { expires: 60, callId: 'c', cseq: 1, addressOfRecord, requestUri: addressOfRecord, path: [] };
  const contacts = readContacts(parsed.message);
  const plan = planRegistration({ ...request, ...contacts, outbound: 'granted' }, [], DEFAULT_REGISTRATION_POLICY);
  if (!plan.ok) return plan;
  return plan.keep.map((one) => testBinding(one.text, { device, key: one.key, instance: one.instance }));
}

it.each([
  ['<sip:a@h>;reg-id=1;+sip.instance="<urn:a\0b>"', '<sip:a@h>;reg-id=1;+sip.instance="<urn:ab>"'],
  ['<sip:a@h>;reg-id=1;+sip.instance="<urn:a\\\0b>"', '<sip:a@h>;reg-id=1;+sip.instance="<urn:ab>"'],
  ['<sip:a\0b@h>', '<sip:ab@h>'],
])('contacts that are the same in the record are written once: %j', (odd, plain) => {
  const both = [...[kept(odd)].flat(), ...[kept(plain)].flat()].map((binding) => {
    if (!('key' in binding)) throw new Error(binding.reason);
    return { kind: 'keep' as const, binding };
  });
  expect(both).toHaveLength(2);
  const { keep } = settleChanges(both);
  const rows: unknown = JSON.parse(jsonText(keep.map(({ key, instance }) => ({ key, instance }))));
  expect(rows).toHaveLength(1);
  expect(rows).toEqual(keep.map(({ key, instance }) => ({ key, instance })));
});

it('a Contact of which a NUL was the sense is malformed', () => {
  // An escaped backslash, then a NUL: the string has no end without it.
  expect(kept('<sip:a@h>;reg-id=1;+sip.instance="<urn:a>\\\\\0"')).toMatchObject({ ok: false, status: 400 });
});
