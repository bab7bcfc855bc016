import { parseContact, parseSipOrSipsUri, type SipUri } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { testBinding } from '../testing/binding.js';
import type { Binding } from './binding.js';
import { planRegistration, type RegistrationRequest } from './plan-registration.js';
import { DEFAULT_REGISTRATION_POLICY } from './registration-policy.js';

function uri(text: string): SipUri {
  const parsed = parseSipOrSipsUri(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

function request(contacts: readonly string[], rest: Partial<RegistrationRequest> = {}): RegistrationRequest {
  return {
    contactTexts: contacts,
    contacts: contacts.flatMap((text) => parseContact(text) ?? []),
    expires: undefined,
    callId: 'c',
    cseq: 1,
    addressOfRecord: uri('sip:alice@example.org'),
    requestUri: uri('sip:example.org'),
    path: [],
    outbound: 'granted',
    ...rest,
  };
}

const plan = (wanted: RegistrationRequest, bindings: readonly Binding[] = []) =>
  planRegistration(wanted, bindings, DEFAULT_REGISTRATION_POLICY);

const binding = (contact: string, { callId = 'old', cseq = 5, ...rest }: Partial<Binding> = {}): Binding =>
  testBinding(`<${contact}>`, { callId, cseq, ...rest });

const A = '<sip:alice@10.0.0.7:5060>';
const INSTANCE = 'urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF';
const flow = (regId: number, host = '10.0.0.7') => `<sip:alice@${host}>;reg-id=${regId};+sip.instance="<${INSTANCE}>"`;

describe('a plan of a registration', () => {
  it.each([
    [[A], undefined, 3600],
    [[A], 600, 600],
    [[`${A};expires=120`], 600, 120],
    [[A], 100_000, 3600],
    // Malformed: as if it were not there (§10.2.1.1 gives it the default).
    [[`${A};expires=soon`], undefined, 3600],
  ])('grants %j with Expires %s %d seconds', (contacts, expires, granted) => {
    expect(plan(request(contacts, { expires }))).toMatchObject({
      ok: true,
      keep: [{ expiresSeconds: granted }],
      remove: [],
    });
  });

  it('refuses a Path that leads nowhere (RFC 3327 §5.3)', () => {
    expect(plan(request([A], { path: ['<sip:edge.example.org;lr>', 'nonsense'] }))).toMatchObject({
      ok: false,
      status: 400,
    });
    expect(plan(request([A], { path: ['<sip:edge.example.org;lr>'] }))).toMatchObject({ ok: true });
  });

  it('only asks where there is no Contact', () => {
    expect(plan(request([]), [binding('sip:alice@h')])).toEqual({ ok: true, keep: [], remove: [] });
  });

  it('takes one contact away and leaves the other', () => {
    const old = [binding('sip:alice@10.0.0.7:5060'), binding('sip:alice@10.0.0.8')];
    expect(plan(request([`${A};expires=0`]), old)).toEqual({ ok: true, keep: [], remove: [old[0]] });
  });

  it('adds, renews and takes away in one request, or does nothing at all', () => {
    const old = [binding('sip:alice@10.0.0.7:5060'), binding('sip:alice@10.0.0.8')];
    const wanted = [A, '<sip:alice@10.0.0.9>;q=0.2', '<sip:alice@10.0.0.8>;expires=0'];
    expect(plan(request(wanted), old)).toMatchObject({
      ok: true,
      keep: [{ replaces: old[0] }, { replaces: undefined, contact: { q: 0.2 } }],
      remove: [old[1]],
    });
    expect(plan(request([...wanted, '<sip:alice@10.0.0.10>;expires=5']), old)).toMatchObject({
      ok: false,
      status: 423,
    });
  });

  it('lets the last of two values for one contact count', () => {
    expect(plan(request([A, `${A};expires=0`]), [])).toEqual({ ok: true, keep: [], remove: [] });
    expect(plan(request([`${A};expires=60`, `${A};expires=90`]))).toMatchObject({ keep: [{ expiresSeconds: 90 }] });
  });

  it('takes all away for the wildcard with Expires 0 alone', () => {
    const old = [binding('sip:alice@10.0.0.7:5060'), binding('sip:alice@10.0.0.8')];
    expect(plan(request(['*'], { expires: 0 }), old)).toEqual({ ok: true, keep: [], remove: old });
    expect(plan(request(['*'], { expires: 60 }), old)).toMatchObject({ ok: false, status: 400 });
    expect(plan(request(['*'], {}), old)).toMatchObject({ ok: false, status: 400 });
    expect(plan(request(['*', A], { expires: 0 }), old)).toMatchObject({ ok: false, status: 400 });
  });

  it('refuses too short an interval with the shortest one', () => {
    expect(plan(request([A], { expires: 10 }))).toMatchObject({ ok: false, status: 423, minimumSeconds: 30 });
  });

  it('refuses what came late, within one Call-ID', () => {
    const old = [binding('sip:alice@10.0.0.7:5060', { callId: 'c', cseq: 5 })];
    expect(plan(request([A], { cseq: 5 }), old)).toMatchObject({ ok: false, status: 500 });
    expect(plan(request([A], { cseq: 6 }), old)).toMatchObject({ ok: true });
    expect(plan(request([A], { cseq: 1, callId: 'new' }), old)).toMatchObject({ ok: true });
    expect(plan(request(['*'], { expires: 0, cseq: 4 }), old)).toMatchObject({ ok: false, status: 500 });
  });

  it('refuses malformed contacts, other schemes, too many, and what leads back to us', () => {
    expect(plan(request(['<sip:broken']))).toMatchObject({ status: 400 });
    expect(plan(request(['<http://example.org>']))).toMatchObject({ status: 400 });
    expect(plan(request([`<tel:+1>;+sip.instance="<${INSTANCE}>"`]))).toMatchObject({ status: 403 });
    expect(plan(request([`<sip:a@h;x=${'y'.repeat(2000)}>`]))).toMatchObject({ status: 400 });
    for (const loop of [
      'sip:alice@Example.org',
      `sip:alice@example.org;gr=${INSTANCE}`,
      'sip:tgruu.abc@example.org;gr',
    ])
      expect(plan(request([`<${loop}>`]))).toMatchObject({ status: 403 });
    const many = Array.from({ length: 10 }, (_, index) => binding(`sip:alice@10.0.1.${index}`));
    expect(plan(request([A]), many)).toMatchObject({ status: 403 });
    expect(plan(request(['<sip:alice@10.0.1.3>']), many)).toMatchObject({ ok: true });
  });

  it('takes a sips: contact only where all the way is sips: (RFC 5630 §5.2)', () => {
    const secure = { requestUri: uri('sips:example.org') };
    expect(plan(request(['<sips:alice@10.0.0.7>']))).toMatchObject({ status: 400 });
    expect(plan(request(['<sips:alice@10.0.0.7>'], secure))).toMatchObject({ ok: true });
    expect(plan(request(['<sips:alice@10.0.0.7>'], { ...secure, path: ['<sip:edge.example.org;lr>'] }))).toMatchObject({
      status: 400,
    });
  });
});

describe('flows of an instance (RFC 5626 §6)', () => {
  const first = binding('sip:alice@10.0.0.7', { key: `${INSTANCE};reg-id=1`, instance: INSTANCE, regId: 1 });

  it('are told apart by reg-id, not by their contact', () => {
    expect(plan(request([flow(2)]), [first])).toMatchObject({ keep: [{ regId: 2, replaces: undefined }], remove: [] });
    expect(plan(request([flow(1, '192.0.2.1')]), [first])).toMatchObject({ keep: [{ regId: 1, replaces: first }] });
    expect(plan(request(['<sip:alice@10.0.0.7>']), [first])).toMatchObject({ keep: [{ replaces: undefined }] });
    expect(plan(request([`${flow(1)};expires=0`]), [first])).toMatchObject({ keep: [], remove: [first] });
  });

  it('are registered one at a time', () => {
    expect(plan(request([flow(1), flow(2)]))).toMatchObject({ ok: false, status: 400 });
    expect(plan(request([flow(2), `${flow(1)};expires=0`]), [first])).toMatchObject({ ok: true, remove: [first] });
  });

  it('are refused where the first hop does not know them, or plain contacts', () => {
    expect(plan(request([flow(1)], { outbound: 'first-hop-lacks' }))).toMatchObject({ ok: false, status: 439 });
    expect(plan(request([flow(1)], { outbound: 'ignored' }))).toMatchObject({
      keep: [{ regId: null, instance: INSTANCE, key: 'sip:alice@10.0.0.7' }],
    });
    expect(plan(request(['<sip:alice@10.0.0.7>;reg-id=1']))).toMatchObject({ keep: [{ regId: null }] });
  });
});
