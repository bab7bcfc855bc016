import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { ProbePhone } from './harness/probe-phone.js';

let carillon: Carillon;
let alice: ProbePhone;
let bob: ProbePhone;

beforeAll(async () => {
  carillon = await Carillon.start();
  alice = await ProbePhone.plugIn(carillon, '1001');
  bob = await ProbePhone.plugIn(carillon, '1002');
});
afterAll(async () => {
  alice?.unplug();
  bob?.unplug();
  await carillon?.remove();
});

const at = (user: string): string => `sip:${user}@${carillon.demo.sip.domain}`;
const said = ({ status, reason }: { status: number; reason: string }): string => `${status} ${reason}`;
const header = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*(.*?)\\r$`, 'im').exec(text)?.[1];

describe('a REGISTER (RFC 3261 §10.3, 3327, 5626, 5627)', () => {
  const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000000000001>"';

  it('changes everything that it asks for, or nothing', async () => {
    const two = [`Contact: <${bob.contact};n=1>;q=0.5;expires=120`, `Contact: <${bob.contact};n=2>`, 'Expires: 600'];
    expect(said(await bob.register(two))).toBe('200 OK');
    for (const [lines, answer] of [
      [[`Contact: <${bob.contact};n=3>, <tel:+4930123456>`], '400 Contact must be a SIP URI'],
      [[`Contact: <${bob.contact};n=3>, <${bob.contact};n=4>;expires=5`], '423 Interval Too Brief'],
      [['Contact: *', 'Expires: 300'], '400 Wildcard needs Expires: 0 alone'],
      [['Contact: *', `Contact: <${bob.contact}>`, 'Expires: 0'], '400 Wildcard needs Expires: 0 alone'],
      [[`Contact: <${bob.contact};n=3>`, 'Path: nonsense', 'Supported: path'], '400 Malformed Path'],
      [[`Contact: <${at('1002')}>`], '403 Contact is the address of record'],
      [[`Contact: <${bob.contact};n=3>`, 'Require: nothing'], '420 Bad Extension'],
    ] as const)
      expect(said(await bob.register(lines)), lines.join(' ')).toBe(answer);
    const { text } = await bob.register([]);
    expect(text.match(/^Contact:.*n=\d/gm)).toHaveLength(2);
    expect(text).toMatch(/n=1>;expires=1[12]\d;q=0.5\r\n/);
    expect((await bob.register(['Contact: *', 'Expires: 0'])).text).not.toMatch(/^Contact:/m);
  });

  it('is for an address of the account and the domain alone', async () => {
    const lines = [`Contact: <${alice.contact}>`, 'Expires: 300'];
    const uri = `sip:${carillon.demo.sip.domain}`;
    const [own, others] = [`<${at('1001')}>`, `<${at('1002')}>`];
    expect(said(await alice.ask('REGISTER', uri, { lines, to: others }))).toBe('403 Not an address of this account');
    expect(said(await alice.ask('REGISTER', 'sip:other.example', { lines, to: own }))).toBe('404 Unknown domain');
    expect(said(await alice.ask('REGISTER', uri, { lines, to: own, password: 'wrong' }))).toBe('403 Forbidden');
  });

  it('is told of Outbound where it names a flow, and only there', async () => {
    const flow = [`Contact: <${bob.contact}>;reg-id=1;${INSTANCE}`, 'Expires: 300', 'Supported: path, outbound'];
    expect(header((await bob.register(flow)).text, 'Require')).toBe('outbound');
    expect(header((await bob.register(['Supported: outbound'])).text, 'Require')).toBeUndefined();
    expect((await bob.register(['Contact: *', 'Expires: 0'])).status).toBe(200);
  });
});

describe('a SUBSCRIBE (RFC 6665, 4235, 3680, 3842)', () => {
  const ask = (uri: string, event: string, more: readonly string[] = []) =>
    alice.ask('SUBSCRIBE', uri, { lines: [`Contact: <${alice.contact}>`, `Event: ${event}`, ...more] });

  it('that cannot be granted is refused with what would be', async () => {
    for (const [user, event, more, answer] of [
      ['1002', 'nothing', [], '489 Bad Event'],
      ['1002', 'dialog', ['Accept: text/html'], '406 Not Acceptable'],
      ['1002', 'dialog', ['Expires: 5'], '423 Interval Too Brief'],
      ['1002', 'reg', [], '403 Registrations of others'],
      ['1002', 'message-summary', [], '403 Not your mailbox'],
      ['7999', 'presence', [], '404 No person has this address'],
      ['1002', 'presence', ['Require: eventlist'], '420 Bad Extension'],
    ] as const)
      expect(said(await ask(at(user), event, more)), `${user} ${event}`).toBe(answer);
    expect((await ask('sip:1002@other.example', 'dialog')).status).toBe(404);
    expect(header((await ask(at('1002'), 'nothing')).text, 'Allow-Events')).toContain('reg');
  });

  it('for once brings the state and ends; one that lasts tells it again at each refresh, at once', async () => {
    expect((await ask(at('1001'), 'reg', ['Expires: 0'])).status).toBe(200);
    expect(header(await alice.next('NOTIFY'), 'Subscription-State')).toBe('terminated;reason=timeout');
    const callId = 'lasting';
    const lines = [`Contact: <${alice.contact}>`, 'Event: presence', 'Expires: 300'];
    const opened = await alice.ask('SUBSCRIBE', at('1002'), { lines, callId });
    await alice.next('NOTIFY');
    const dialog = { callId, to: header(opened.text, 'To') ?? '' };
    const target = /<([^>]*)>/.exec(header(opened.text, 'Contact') ?? '')?.[1] ?? '';
    const began = Date.now();
    expect((await alice.ask('SUBSCRIBE', target, { lines, ...dialog })).status).toBe(200);
    await alice.next('NOTIFY');
    // Presence has a least interval of five seconds between changes.
    expect(Date.now() - began).toBeLessThan(4_000);
    const end = [...lines.slice(0, 2), 'Expires: 0'];
    expect((await alice.ask('SUBSCRIBE', target, { lines: end, ...dialog })).status).toBe(200);
    expect(header(await alice.next('NOTIFY'), 'Subscription-State')).toBe('terminated;reason=timeout');
    expect((await alice.ask('SUBSCRIBE', target, { lines, ...dialog })).status).toBe(481);
  });
});

describe('a PUBLISH (RFC 3903 §6)', () => {
  const TYPE = 'Content-Type: application/pidf+xml';
  const pidf = (): string =>
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:${at('1001').slice(4)}">` +
    '<tuple id="a"><status><basic>open</basic></status></tuple></presence>';
  const ask = (lines: readonly string[], body?: string, user = '1001') =>
    alice.ask('PUBLISH', at(user), { lines: ['Event: presence', ...lines], ...(body === undefined ? {} : { body }) });

  it('gets a tag, a new one each time; an old one is worth nothing, whatever comes with it', async () => {
    const first = header((await ask([TYPE], pidf())).text, 'SIP-ETag');
    const second = header((await ask([`SIP-If-Match: ${first}`])).text, 'SIP-ETag');
    expect(second).not.toBe(first);
    for (const [lines, body] of [
      [[], undefined],
      [[TYPE], 'no document'],
      [['Expires: 3'], undefined],
    ] as const)
      expect((await ask([`SIP-If-Match: ${first}`, ...lines], body)).status).toBe(412);
    expect((await ask([`SIP-If-Match: ${second}, another`])).status).toBe(400);
    expect(header((await ask([`SIP-If-Match: ${second}`, 'Expires: 0'])).text, 'Expires')).toBe('0');
  });

  it('of who starts anew, again and again, is not one too many', async () => {
    for (let count = 0; count < 12; count++) expect((await ask([TYPE], pidf())).status).toBe(200);
    expect(said(await ask([TYPE], pidf(), '1002'))).toBe('403 Presence of others');
    expect((await ask([TYPE], pidf(), '7999')).status).toBe(404);
  });
});

describe('a MESSAGE (RFC 3428)', () => {
  const ask = (uri: string, body: string, type = 'text/plain') =>
    alice.ask('MESSAGE', uri, { lines: [`Content-Type: ${type}`], body });

  it('reaches the other phone as text, however it was written', async () => {
    expect((await bob.register([`Contact: <${bob.contact}>`, 'Expires: 300', 'Allow: MESSAGE'])).status).toBe(200);
    const cpim = 'From: <im:a@b.example>\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nGrüße';
    for (const [body, type] of [
      ['Grüße', 'text/plain;charset=UTF-8'],
      [cpim, 'message/cpim'],
      ['Gr\0üße', 'text/plain'],
    ] as const) {
      const answer = await ask(at('1002'), body, type);
      expect([answer.status, header(answer.text, 'Contact')]).toEqual([202, undefined]);
      expect(await bob.next('MESSAGE')).toMatch(/\r\n\r\nGrüße$/);
    }
    expect((await bob.register(['Contact: *', 'Expires: 0'])).status).toBe(200);
  });

  it('that goes nowhere says why', async () => {
    expect(said(await ask(at(carillon.demo.ringGroup), 'x'))).toBe('404 Messages go to people');
    expect(said(await ask(at('1001'), 'x'))).toBe('404 This is your own number');
    expect(said(await ask('sip:1002@other.example', 'x'))).toBe('404 Unknown domain');
    expect((await ask(at('1002'), 'x'.repeat(1301))).status).toBe(413);
    expect(header((await ask(at('1002'), '<b>x</b>', 'text/html')).text, 'Accept')).toContain('text/plain');
  });
});

describe('OPTIONS (RFC 3261 §11.2)', () => {
  it('is answered as a call would be, to members alone', async () => {
    const { text, status } = await alice.ask('OPTIONS', at(carillon.demo.ringGroup));
    expect(status).toBe(480);
    expect(text).toMatch(/^SIP\/2\.0 480 Not registered\r\n/);
    expect((await alice.ask('OPTIONS', at('7999'))).status).toBe(404);
    expect((await alice.ask('OPTIONS', at('7999'), { password: 'wrong' })).status).toBe(403);
    const echo = await alice.ask('OPTIONS', at(carillon.demo.echo));
    for (const name of ['Allow', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Supported'])
      expect(header(echo.text, name), name).toBeDefined();
    const ping = await alice.ask('OPTIONS', `sip:${carillon.demo.sip.domain}`, { password: 'not asked for' });
    expect(ping.status).toBe(200);
  });
});
