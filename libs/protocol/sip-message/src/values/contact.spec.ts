import { describe, expect, it } from 'vitest';
import { buildContact, parseContact } from './contact.js';
import { outboundContact, withOutboundContact } from './outbound-contact.js';
import { Parameters, parseParameters } from './parameters.js';
import { buildQ } from './q-value.js';
import { parsePushParameters, withoutPushParameters } from './push-parameters.js';
import { parseRoute } from './route.js';
import { parseSipOrSipsUri } from './uri.js';

describe('Contact', () => {
  const text =
    '<sip:line1@192.0.2.2;transport=tcp;ob>;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>";expires=60';

  it('tells instance and flow (RFC 5626 §11.1)', () => {
    const contact = parseContact(text);
    if (contact === undefined || contact.wildcard) throw new Error('Not read');
    expect(outboundContact(contact.parameters)).toMatchObject({
      instance: 'urn:uuid:00000000-0000-1000-8000-000A95A0E128',
      regId: 1,
    });
    expect(parseSipOrSipsUri(contact.uri)?.parameters.has('ob')).toBe(true);
    expect(buildContact(contact)).toBe(text);
  });

  it('tells and gets GRUUs (RFC 5627 §5.3), quoted', () => {
    const parameters = withOutboundContact(Parameters.none, {
      instance: 'urn:uuid:1',
      publicGruu: 'sip:callee@example.com;gr=urn:uuid:1',
      temporaryGruu: 'sip:tgruu.7hs@example.com;gr',
    });
    expect(parameters.text).toBe(
      ';+sip.instance="<urn:uuid:1>";pub-gruu="sip:callee@example.com;gr=urn:uuid:1";temp-gruu="sip:tgruu.7hs@example.com;gr"',
    );
    expect(outboundContact(parameters)).toMatchObject({ publicGruu: 'sip:callee@example.com;gr=urn:uuid:1' });
  });

  it.each(['0', '2147483648', 'x'])('takes reg-id=%s for none', (regId) => {
    expect(outboundContact(parseParameters(`;reg-id=${regId}`) ?? Parameters.none).regId).toBeUndefined();
  });

  it('is written with q and expires', () => {
    expect(buildContact({ wildcard: true })).toBe('*');
    expect(buildContact({ uri: 'sip:a@b', q: 0.25, expires: 0 })).toBe('<sip:a@b>;q=0.25;expires=0');
    expect(buildContact({ uri: 'sip:a@b', q: 1 })).toBe('<sip:a@b>');
    expect([buildQ(2), buildQ(0.33333), buildQ(-1)]).toEqual(['1', '0.333', '0']);
  });
});

it('push parameters (RFC 8599 §6)', () => {
  const uri = parseSipOrSipsUri(
    'sip:alice@p;pn-provider=acme;pn-param=acme-param;pn-prid=ZTY4ZDJlMzODE1NmUgKi0K%3D;ob',
  );
  expect(uri && parsePushParameters(uri.parameters)).toEqual({
    provider: 'acme',
    param: 'acme-param',
    prid: 'ZTY4ZDJlMzODE1NmUgKi0K=',
    purr: undefined,
  });
  expect(uri && withoutPushParameters(uri.parameters).text).toBe(';ob');
  expect(parsePushParameters(Parameters.none)).toBeUndefined();
});

it('routes are loose or strict (RFC 3261 §16.12)', () => {
  expect(parseRoute('<sip:p;lr>')).toMatchObject({ loose: true, sip: { host: 'p' } });
  expect(parseRoute('"P" <sip:p>;x=1')).toMatchObject({ loose: false, displayName: 'P' });
  expect(parseRoute('<tel:+1>')).toBeUndefined();
});
