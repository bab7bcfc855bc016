import { describe, expect, it } from 'vitest';
import { readMessageText } from './read-message-text.js';

const cpim = (type: string, body: string) =>
  Buffer.from(
    `From: <im:alice@example.org>\r\nTo: <im:bob@example.org>\r\nDateTime: 2026-01-01T00:00:00Z\r\n` +
      `NS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: a1\r\n\r\nContent-Type: ${type}\r\n\r\n${body}`,
  );

describe('the text of a SIP message', () => {
  it.each([
    ['text/plain', Buffer.from('Grüße'), 'Grüße'],
    ['TEXT/Plain;charset=UTF-8', Buffer.from('Grüße'), 'Grüße'],
    ['text/plain; charset="iso-8859-1"', Buffer.from('Grüße', 'latin1'), 'Grüße'],
    // Said to be nothing, and no UTF-8.
    ['text/plain', Buffer.from('Grüße', 'latin1'), 'Grüße'],
    ['text/plain;charset=utf-16le', Buffer.from('Grüße', 'utf16le'), 'Grüße'],
    ['text/plain', Buffer.from('a\0b'), 'ab'],
    ['text/plain;charset=klingon', Buffer.from('x'), undefined],
    ['text/html', Buffer.from('<b>x</b>'), undefined],
    ['nonsense', Buffer.from('x'), undefined],
    [undefined, Buffer.from('x'), undefined],
    [undefined, Buffer.alloc(0), ''],
    ['message/cpim', cpim('text/plain; charset=utf-8', 'Grüße'), 'Grüße'],
    ['message/cpim', cpim('message/imdn+xml', '<imdn/>'), undefined],
    ['message/cpim', Buffer.from('no headers'), undefined],
  ])('of %s', (contentType, body, text) => {
    expect(readMessageText(contentType, body)).toBe(text);
  });
});
