import { buildReferTo, buildReplaces } from '@carillon/sip-message';
import type { HeaderLine } from '@carillon/sip-message';
import type { ReferOptions, ReferTarget } from '../api/refer.js';
import { headerLines } from '../header-lines.js';

/** Header fields of a REFER (RFC 3515 §2.4.1, RFC 4488 §4, RFC 3892 §2.1). */
export function referLines(options: ReferOptions): HeaderLine[] {
  return [
    ['Refer-To', referToText(options.referTo)],
    ...(options.referredBy === undefined ? [] : [['Referred-By', options.referredBy] as const]),
    ...(options.subscribe === false ? [['Refer-Sub', 'false'] as const] : []),
    ['Supported', 'norefersub, replaces, tdialog'],
    ...headerLines(options.headers),
  ];
}

function referToText(to: ReferTarget): string {
  if (typeof to === 'string') return to;
  const { target, method, headers = [], replaces } = to;
  // RFC 5589 §7.1: the target must know Replaces, or it would ring for a call that nobody wants.
  const takeOver =
    replaces === undefined
      ? []
      : ([
          ['Replaces', buildReplaces(replaces)],
          ['Require', 'replaces'],
        ] as const);
  return buildReferTo({ target, ...(method === undefined ? {} : { method }), headers: [...takeOver, ...headers] });
}
