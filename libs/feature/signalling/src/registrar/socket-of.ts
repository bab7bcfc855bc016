import { parseHostPort } from '@carillon/sip-message';
import type { Binding } from './binding.js';

/** Where a phone itself was seen; undefined behind a proxy. */
export function socketOf({
  source,
  path,
}: Pick<Binding, 'source' | 'path'>): { address: string; port: number } | undefined {
  const found = path.length > 0 ? undefined : parseHostPort(source);
  return found?.port === undefined ? undefined : { address: found.host, port: found.port };
}
