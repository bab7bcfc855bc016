import { BUILT_IN_PROFILES, STANDARD_PROFILE } from '@carillon/domain';
import { expect, it } from 'vitest';
import { quirksInWords } from './quirk-words.js';

it('says of a phone only what is different', () => {
  expect(quirksInWords(STANDARD_PROFILE.quirks)).toBe('MD5 first, then SHA-256');
  const grandstream = BUILT_IN_PROFILES.find(({ name }) => name === 'Grandstream');
  expect(grandstream && quirksInWords(grandstream.quirks)).toBe(
    'MD5 first, then SHA-256 · sips: means TLS to Carillon alone',
  );
});
