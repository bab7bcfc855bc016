import { describe, expect, it } from 'vitest';
import { sameUri } from './same-uri.js';
import { telNumber, telUserPart } from './tel-number.js';
import { parseUri } from './uri.js';
import type { TelUri } from './uri.js';

describe('the examples of RFC 3261 §19.1.4', () => {
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=off'],
    ['sip:a@[2001:db8::1]:5060', 'sip:a@[2001:DB8::1]:5060'],
    ['sip:a@h;transport=tcp', 'sip:a@h;transport=TCP;ob'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
  ])('%s equals %s', (left, right) => {
    expect([sameUri(left, right), sameUri(right, left)]).toEqual([true, true]);
  });

  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
  ])('%s does not equal %s', (left, right) => {
    expect([sameUri(left, right), sameUri(right, left)]).toEqual([false, false]);
  });
});

it('of thousands of parameters are compared in little time', () => {
  const many = (name: string): string => Array.from({ length: 4000 }, (_, number) => `;${name}${number}=1`).join('');
  // Processor time: other work on the machine does not count.
  const before = process.cpuUsage();
  expect(sameUri(`sip:a@h${many('x')}`, `sip:a@h${many('x')};y`)).toBe(true);
  expect(sameUri(`tel:+1${many('x')}`, `tel:+1${many('y')}`)).toBe(false);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(300);
});

it('other rules of §19.1.4', () => {
  expect(sameUri('sip:a@b', 'sips:a@b')).toBe(false);
  expect(sameUri('sip:a:p@b', 'sip:a@b')).toBe(false);
  expect(sameUri('sip:a:x@h', 'sip:a:X@h')).toBe(false);
  expect(sameUri('mailto:a@h', 'mailto:A@h')).toBe(false);
  expect(sameUri('not a uri', 'not a uri')).toBe(false);
  expect(sameUri('sip:a%3Bb@c', 'sip:a;b@c')).toBe(false);
  expect(sameUri('sip:a%3bb@c', 'sip:a%3Bb@c')).toBe(true);
  expect(sameUri('sip:a@b;maddr=192.0.2.1', 'sip:a@b')).toBe(false);
  expect(sameUri('sip:a@b;x=%41', 'sip:a@b;X=a')).toBe(true);
  expect(sameUri('sip:a@b?x=1&x=2', 'sip:a@b?x=2&x=1')).toBe(true);
  expect(sameUri('sip:a@b?x=1', 'sip:a@b?x=2')).toBe(false);
  expect(sameUri('sip:a@b', 'not a uri')).toBe(false);
  expect(sameUri('urn:x:y', 'urn:x:y')).toBe(true);
});

it('IPv6 addresses are the same in any spelling', () => {
  expect(sameUri('sip:[2001:DB8::1]', 'sip:[2001:db8:0:0:0:0:0:1]')).toBe(true);
  expect(sameUri('sip:[::ffff:192.0.2.10]', 'sip:[::ffff:c000:20a]')).toBe(true);
  expect(sameUri('sip:[2001:db8::1]', 'sip:[2001:db8::2]')).toBe(false);
});

describe('tel: (RFC 3966)', () => {
  const tel = (text: string): TelUri => {
    const uri = parseUri(text);
    if (uri?.scheme !== 'tel') throw new Error(text);
    return uri;
  };

  it('compares without separators, order and case (§4)', () => {
    expect(sameUri('tel:+1-201-555-0123', 'tel:+1(201)5550123')).toBe(true);
    expect(sameUri('tel:+12015550123;isub=1;ext=1-2', 'TEL:+12015550123;EXT=12;isub=1')).toBe(true);
    expect(sameUri('tel:7042;phone-context=Example.com', 'tel:7042;phone-context=example.com')).toBe(true);
    expect(sameUri('tel:863-1234;phone-context=+1-914-555', 'tel:8631234;phone-context=+1914555')).toBe(true);
    expect(sameUri('tel:1234;phone-context=+1', 'tel:+1234')).toBe(false);
    expect(sameUri('tel:+1234', 'tel:+1234;ext=1')).toBe(false);
  });

  it('says what it knows', () => {
    expect(telNumber(tel('tel:863-1234;phone-context=+1-914;ext=1-2;m-x=y'))).toEqual({
      number: '8631234',
      global: false,
      phoneContext: '+1-914',
      extension: '12',
      isdnSubaddress: undefined,
      mandatory: ['m-x'],
    });
  });

  it('becomes a user part whose parameters are in order (RFC 3261 §19.1.6)', () => {
    expect(telUserPart(tel('tel:+358-555-1234567;postd=pp22;phone-context=5;isub=1411'))).toBe(
      '+3585551234567;isub=1411;phone-context=5;postd=pp22',
    );
  });
});
