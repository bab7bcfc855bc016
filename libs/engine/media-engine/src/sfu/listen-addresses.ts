/** Where a worker listens for browsers, and what they are told of it. */
export interface ListenedAddress {
  readonly ip: string;
  readonly announcedAddress?: string;
  readonly flags?: { readonly ipv6Only: boolean };
}

/**
 * On `::` each family is listened to by itself, so that both have a candidate (RFC 8445 §5.1.1.1), in the order of RFC 6724
 * that browsers expect: IPv6 first. Elsewhere, or where nothing of IPv6 is to be told, there is one address.
 */
export function listenAddresses(
  ip: string,
  {
    announcedAddress,
    announcedAddress6,
  }: { readonly announcedAddress: string | undefined; readonly announcedAddress6: string | undefined },
): ListenedAddress[] {
  if (ip !== '::' || announcedAddress6 === undefined || announcedAddress === announcedAddress6)
    return [told(ip, announcedAddress)];
  return [
    { ...told('::', announcedAddress6), flags: { ipv6Only: true } },
    ...(announcedAddress === undefined ? [] : [told('0.0.0.0', announcedAddress)]),
  ];
}

function told(ip: string, announced: string | undefined): ListenedAddress {
  return announced === undefined || announced === ip ? { ip } : { ip, announcedAddress: announced };
}
