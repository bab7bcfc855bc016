import type { EndpointMedia, SrtpKeys } from '../api/endpoint.js';

/** Keys as base64. */
interface WireKeys {
  readonly suite: string;
  readonly send: { readonly key: string; readonly salt: string };
  readonly receive: { readonly key: string; readonly salt: string; readonly mkiLength: number };
}

/** `EndpointMedia` as JSON has it. */
export type WireMedia = Omit<EndpointMedia, 'srtp'> & { readonly srtp?: WireKeys };

export function toWireMedia(media: EndpointMedia): WireMedia {
  return hasNoKeys(media) ? media : { ...media, srtp: media.srtp && toWireKeys(media.srtp) };
}

export function fromWireMedia(media: WireMedia): EndpointMedia {
  return hasNoKeys(media) ? media : { ...media, srtp: media.srtp && fromWireKeys(media.srtp) };
}

/** As in most calls: it crosses as it is. */
function hasNoKeys<Media extends { readonly srtp?: unknown }>(
  media: Media,
): media is Media & { readonly srtp?: never } {
  return media.srtp === undefined;
}

function toWireKeys({ suite, send, receive }: SrtpKeys): WireKeys {
  return {
    suite,
    send: { key: textOf(send.key), salt: textOf(send.salt) },
    receive: { key: textOf(receive.key), salt: textOf(receive.salt), mkiLength: receive.mkiLength },
  };
}

function fromWireKeys({ suite, send, receive }: WireKeys): SrtpKeys {
  return {
    suite,
    send: { key: octetsOf(send.key), salt: octetsOf(send.salt) },
    receive: { key: octetsOf(receive.key), salt: octetsOf(receive.salt), mkiLength: receive.mkiLength },
  };
}

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64');
}

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}
