import { OwnVia, parseMessage } from '@carillon/sip-message';
import type { SipMessage } from '@carillon/sip-message';
import { expect, it } from 'vitest';
import { copyRequest } from './copy-request.js';
import { copyResponse } from './copy-response.js';

function message(lines: readonly string[]): SipMessage {
  const result = parseMessage(Buffer.from(`${lines.join('\r\n')}\r\n\r\nbody`));
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.message;
}

const VIAS = ['Via: SIP/2.0/UDP a.example;branch=z9hG4bK1', 'v: SIP/2.0/UDP b.example;branch=z9hG4bK0'];
const EDITS = {
  uri: 'sip:c@c.example',
  own: new OwnVia('SIP/2.0/UDP p.example;branch=', 'Max-Breadth: 60\r\n'),
  branch: 'z9hG4bK2',
  markedVia: undefined,
  maxForwards: 69,
  recordRoutes: [],
  routes: undefined,
  add: [],
  remove: new Set<string>(),
};

it('nothing that is put into a request on its way begins a line of its own', () => {
  const request = message(['OPTIONS sip:b SIP/2.0', ...VIAS, 'Route: <sip:p;lr>', 'X-Own: 1', 'Content-Length: 4']);
  if (request.kind !== 'request') throw new Error('Not a request');
  const evil = 'x\r\nEvil: 1';
  const copy = copyRequest(request, {
    ...EDITS,
    uri: `sip:c@c.example${evil}`,
    branch: `${EDITS.branch}${evil}`,
    markedVia: `SIP/2.0/UDP a.example;rport=5060${evil}`,
    recordRoutes: [`<sip:p.example;lr>${evil}`],
    routes: [`<sip:q.example;lr>${evil}`],
    add: [[`X-Added: 1\r\nEvil`, `é\nEvil: 1`]],
  });
  expect(copy.toString()).toBe(
    [
      'OPTIONS sip:c@c.examplex Evil: 1 SIP/2.0',
      'Via: SIP/2.0/UDP p.example;branch=z9hG4bK2x Evil: 1',
      'Max-Breadth: 60',
      'Record-Route: <sip:p.example;lr>x Evil: 1',
      'Via: SIP/2.0/UDP a.example;rport=5060x Evil: 1',
      'Route: <sip:q.example;lr>x Evil: 1',
      'Max-Forwards: 69',
      'v: SIP/2.0/UDP b.example;branch=z9hG4bK0',
      'X-Own: 1',
      'Content-Length: 4',
      'X-Added: 1 Evil: é Evil: 1',
      '',
      'body',
    ].join('\r\n'),
  );
});

it('nor what is put into a response', () => {
  const response = message(['SIP/2.0 200 OK', ...VIAS, 'Subject: é']);
  if (response.kind !== 'response') throw new Error('Not a response');
  const copy = copyResponse(response, [['X-Added\r\nEvil', 'a\rb']]);
  expect(copy?.toString()).toBe(
    ['SIP/2.0 200 OK', VIAS[1], 'Subject: é', 'X-Added Evil: a b', 'Content-Length: 4', '', 'body'].join('\r\n'),
  );
});

it('a request loses what is to be removed, in either form of its name, but nothing that it cannot go without', () => {
  const lines = ['OPTIONS sip:b SIP/2.0', ...VIAS, 'x: 90', 'Max-Breadth: 7', 'Max-Forwards: 70', 'l: 4'];
  const request = message(lines);
  if (request.kind !== 'request') throw new Error('Not a request');
  const remove = new Set(['session-expires', 'via', 'v', 'max-forwards', 'content-length', 'l']);
  expect(copyRequest(request, { ...EDITS, remove }).toString()).toBe(
    [
      'OPTIONS sip:c@c.example SIP/2.0',
      'Via: SIP/2.0/UDP p.example;branch=z9hG4bK2',
      'Max-Breadth: 60',
      ...VIAS,
      'Max-Forwards: 69',
      'l: 4',
      '',
      'body',
    ].join('\r\n'),
  );
});

it('a response that has no Via but ours goes nowhere', () => {
  const response = (vias: readonly string[]): string | undefined => {
    const parsed = message(['SIP/2.0 200 OK', ...vias, 'Content-Length: 4']);
    return parsed.kind === 'response' ? copyResponse(parsed)?.toString() : 'Not a response';
  };
  expect(response(VIAS.slice(0, 1))).toBeUndefined();
  expect(response([])).toBeUndefined();
  const rest = ['', 'Content-Length: 4', '', 'body'].join('\r\n');
  expect(response(VIAS)).toBe(`SIP/2.0 200 OK\r\n${VIAS[1]}${rest}`);
  expect(response([`${VIAS[0]}, SIP/2.0/UDP c.example`])).toBe(`SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP c.example${rest}`);
});
