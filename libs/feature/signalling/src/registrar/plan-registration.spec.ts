import { DeviceId, newId, OrganisationId, UserId } from '@carillon/domain';
import { parseContact } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import type { Binding } from './binding.js';
import { isSameContact, MAX_CONTACTS, planRegistration, type RegistrationRequest } from './plan-registration.js';

function binding(contactUri: string, { callId = 'old', cseq = 5 } = {}): Binding {
  const device = {
    organisationId: newId(OrganisationId),
    userId: newId(UserId),
    deviceId: newId(DeviceId),
    sipUsername: 'alice',
    deviceName: 'Desk',
  };
  const times = { registeredAt: 0, expiresAt: 1 };
  const via = { protocol: 'udp', source: '10.0.0.7:5060', flowId: null } as const;
  return { device, contactUri, callId, cseq, q: 1, userAgent: null, ...times, ...via };
}

function request(contacts: readonly string[], rest: Partial<RegistrationRequest> = {}): RegistrationRequest {
  const parsed = contacts.flatMap((text) => parseContact(text) ?? []);
  return { contacts: parsed, contactValues: contacts.length, expires: undefined, callId: 'c', cseq: 1, ...rest };
}

const A = '<sip:alice@10.0.0.7:5060>';

describe('planRegistration', () => {
  it.each([
    [[A], undefined, 3600],
    [[A], 600, 600],
    [[`${A};expires=120`], 600, 120],
    [[A], 100_000, 3600],
  ])('grants %j with Expires %s %d seconds', (contacts, expires, granted) => {
    const plan = planRegistration(request(contacts, { expires }), []);
    expect(plan).toMatchObject({ ok: true, keep: [{ expiresSeconds: granted }], remove: [] });
  });

  it('only asks where there is no Contact', () => {
    expect(planRegistration(request([]), [binding('sip:alice@h')])).toEqual({ ok: true, keep: [], remove: [] });
  });

  it('takes one contact away and leaves the other', () => {
    const old = [binding('sip:alice@10.0.0.7:5060'), binding('sip:alice@10.0.0.8')];
    expect(planRegistration(request([`${A};expires=0`]), old)).toEqual({ ok: true, keep: [], remove: [old[0]] });
  });

  it('takes all away for the wildcard with Expires 0 alone', () => {
    const old = [binding('sip:alice@10.0.0.7:5060'), binding('sip:alice@10.0.0.8')];
    expect(planRegistration(request(['*'], { expires: 0 }), old)).toEqual({ ok: true, keep: [], remove: old });
    expect(planRegistration(request(['*'], { expires: 60 }), old)).toMatchObject({ ok: false, status: 400 });
    expect(planRegistration(request(['*', A], { expires: 0 }), old)).toMatchObject({ ok: false, status: 400 });
  });

  it('refuses too short an interval with the shortest one', () => {
    expect(planRegistration(request([A], { expires: 10 }), [])).toMatchObject({
      ok: false,
      status: 423,
      minimumSeconds: 30,
    });
  });

  it('refuses what came late, within one Call-ID', () => {
    const old = [binding('sip:alice@10.0.0.7:5060', { callId: 'c', cseq: 5 })];
    expect(planRegistration(request([A], { cseq: 5 }), old)).toMatchObject({ ok: false, status: 500 });
    expect(planRegistration(request([A], { cseq: 6 }), old)).toMatchObject({ ok: true });
    expect(planRegistration(request([A], { cseq: 1, callId: 'new' }), old)).toMatchObject({ ok: true });
    expect(planRegistration(request(['*'], { expires: 0, cseq: 4 }), old)).toMatchObject({ ok: false, status: 500 });
  });

  it('refuses malformed contacts, other schemes and too many', () => {
    expect(planRegistration(request(['<sip:broken']), [])).toMatchObject({ status: 400 });
    expect(planRegistration(request(['<http://example.org>']), [])).toMatchObject({ status: 400 });
    const many = Array.from({ length: MAX_CONTACTS }, (_, index) => binding(`sip:alice@10.0.1.${index}`));
    expect(planRegistration(request([A]), many)).toMatchObject({ status: 403 });
    expect(planRegistration(request(['<sip:alice@10.0.1.3>']), many)).toMatchObject({ ok: true });
  });
});

describe('isSameContact', () => {
  it.each([
    ['sip:a@h:5060', 'sip:a@H:5060', true],
    ['sip:a@h;transport=tcp', 'sip:a@h;transport=TCP;ob', true],
    ['sip:a@h', 'sip:a@h:5060', false],
    ['sip:a@h', 'sip:b@h', false],
    ['sip:a@h', 'sips:a@h', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(isSameContact(one, other)).toBe(same);
  });
});
