/**
 * Who the client is when a proxy stands before us. `X-Forwarded-For` and `X-Forwarded-Proto` are
 * believed only from peers in the given ranges; from anyone else they are ignored, because they
 * would set `aws:SourceIp` and `aws:SecureTransport` at the client's will.
 *
 * The client is the rightmost address that is not itself a trusted proxy. The protocol is the
 * rightmost value: the one that the nearest proxy wrote. `Forwarded` (RFC 7239) is not read.
 */
import { BlockList, isIP } from 'node:net';
import type { Headers } from './exchange.ts';

export interface Client {
  readonly address: string;
  readonly secure: boolean;
}

/** Decides from the peer of the socket and the request's headers. */
export type ClientOf = (peer: Client, headers: Headers) => Client;

/** `ranges` are `ADDRESS/BITS`. Without any, the peer is the client. */
export function clientBehind(ranges: readonly string[]): ClientOf {
  if (ranges.length === 0) return (peer) => peer;
  const trusted = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    trusted.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  const isTrusted = (address: string): boolean =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (peer, headers) => {
    if (!isTrusted(peer.address)) return peer;
    const protocol = listed(headers, 'x-forwarded-proto').at(-1)?.toLowerCase();
    return {
      address: clientAddress(peer.address, listed(headers, 'x-forwarded-for'), isTrusted),
      secure: protocol === undefined ? peer.secure : protocol === 'https',
    };
  };
}

function clientAddress(
  peer: string,
  forwarded: readonly string[],
  isTrusted: (address: string) => boolean,
): string {
  let address = peer;
  for (const hop of forwarded.toReversed()) {
    const next = bareAddress(hop);
    // A hop that is no address ends what can be known: the last good one is the client.
    if (next === undefined) return address;
    address = next;
    if (!isTrusted(address)) return address;
  }
  return address;
}

function listed(headers: Headers, name: string): string[] {
  return (headers.get(name) ?? []).flatMap((value) => value.split(',')).map((part) => part.trim());
}

/** `1.2.3.4`, `1.2.3.4:5`, `2001:db8::1`, `[2001:db8::1]:5` → the address. */
function bareAddress(hop: string): string | undefined {
  const inner = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
  const address = inner.replace(/^::ffff:(?=[\d.]+$)/i, '');
  return isIP(address) === 0 ? undefined : address;
}
