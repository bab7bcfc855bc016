import type { EndpointMedia, SrtpKeys } from '../api/endpoint.js';

/** Keys as base64. */
interface WireKeys {
  readonly suite: string;
  readonly send: { readonly key: string; readonly salt: string };
  readonly receive: { readonly key: string; readonly salt: string; readonly mkiLength: number };
}

/** `EndpointMedia` as JSON has it. */
export type WireMedia = Omit<EndpointMedia, 'srtp'> & { readonly srtp?: WireKeys };

export function toWireMedia({ srtp, ...media }: EndpointMedia): WireMedia {
  if (srtp === undefined) return media;
  const { suite, send, receive } = srtp;
  return {
    ...media,
    srtp: {
      suite,
      send: { key: textOf(send.key), salt: textOf(send.salt) },
      receive: { key: textOf(receive.key), salt: textOf(receive.salt), mkiLength: receive.mkiLength },
    },
  };
}

export function fromWireMedia({ srtp, ...media }: WireMedia): EndpointMedia {
  if (srtp === undefined) return media;
  const { suite, send, receive } = srtp;
  const keys: SrtpKeys = {
    suite,
    send: { key: octetsOf(send.key), salt: octetsOf(send.salt) },
    receive: { key: octetsOf(receive.key), salt: octetsOf(receive.salt), mkiLength: receive.mkiLength },
  };
  return { ...media, srtp: keys };
}

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64');
}

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
