import { expect, it } from 'vitest';
import { forgetsEmergencyNumbers } from './emergency-numbers.js';

const rules = (...patterns: string[]) => patterns.map((pattern) => ({ pattern }));

it.each([
  [rules('0.'), true],
  [rules('0XX.', '+.', '11', '1123'), true],
  [rules('0.', '112'), false],
  [rules('0.', '911'), false],
  [rules('11X'), false],
  [rules('.'), false],
  [rules('9.'), false],
  // Nothing goes out over it: it is for calls in.
  [[], false],
  // Not written yet.
  [rules(''), false],
  [rules(' '), false],
  [rules('0.', ''), true],
  // As it is saved.
  [rules('1 1 2'), false],
])('%j: %s', (given, forgets) => expect(forgetsEmergencyNumbers(given)).toBe(forgets));
