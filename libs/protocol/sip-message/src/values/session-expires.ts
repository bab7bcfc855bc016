import { parseDecimal } from './characters.js';
import { parseParameters } from './parameters.js';

/** Session-Expires (RFC 4028 §4). */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: 'uac' | 'uas' | undefined;
}

/** @returns undefined when malformed */
export function parseSessionExpires(text: string): SessionExpires | undefined {
  const semicolon = text.indexOf(';');
  const seconds = parseDecimal(semicolon < 0 ? text : text.slice(0, semicolon), 2 ** 31 - 1);
  const parameters = parseParameters(semicolon < 0 ? '' : text.slice(semicolon));
  if (seconds === undefined || parameters === undefined) return undefined;
  const refresher = parameters.get('refresher')?.toLowerCase();
  return { seconds, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

export function buildSessionExpires(value: { seconds: number; refresher?: 'uac' | 'uas' | undefined }): string {
  return value.refresher === undefined ? `${value.seconds}` : `${value.seconds};refresher=${value.refresher}`;
}
