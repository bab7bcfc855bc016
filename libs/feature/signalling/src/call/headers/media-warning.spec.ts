import { expect, it } from 'vitest';
import { mediaWarning } from './media-warning.js';

it.each([
  [{ code: 'MEDIA.NOT_ACCEPTABLE' }, '305 example.com "Incompatible media format"'],
  [{ code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE', detail: 'No "keys"' }, '302 example.com "No \\"keys\\""'],
  [{ code: 'MEDIA.BAD_SDP', detail: 'SDP line 2: bad-origin.' }, '399 example.com "SDP line 2: bad-origin."'],
  [{ code: 'MEDIA.NO_PORTS' }, undefined],
])('%j → %s', (refusal, warning) => {
  expect(mediaWarning({ ok: false, ...refusal }, 'example.com')['Warning']).toBe(warning);
});
