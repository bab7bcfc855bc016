import { parseSipOrSipsUri } from '@carillon/sip-message';
import { isSipsUri, type RoutedRequest } from '@carillon/sip-stack';
import { isWebSocket } from '../registrar/reach-binding.js';
import type { CallBetweenPhones } from './choose-role.js';

/**
 * The phones that a caller can dial by itself (RFC 5630 §5.4: `sips:` contacts are for where TLS is usable): one that asks
 * by `sip:`, and not over TLS, has shown nothing of it. Nobody dials a browser, and a browser dials us alone.
 * @returns undefined where there is none: then the call is ours
 */
export function leftToCaller(
  call: CallBetweenPhones,
  { uri, source }: Pick<RoutedRequest, 'uri' | 'source'>,
): CallBetweenPhones | undefined {
  if (isWebSocket(source.protocol)) return undefined;
  const knowsTls = source.protocol === 'tls' || isSipsUri(uri);
  const phones = call.phones.filter(
    ({ binding }) => !isWebSocket(binding.protocol) && (knowsTls || !needsTls(binding.contactUri)),
  );
  return phones.length === 0 ? undefined : { ...call, phones };
}

function needsTls(contactUri: string): boolean {
  return isSipsUri(contactUri) || parseSipOrSipsUri(contactUri)?.parameters.get('transport')?.toLowerCase() === 'tls';
}
