/**
 * IPv4 and IPv6 addresses and CIDR blocks (RFC 4632, RFC 4291) for `IpAddress` and `NotIpAddress`.
 * An IPv4 address written as IPv6 (`::ffff:192.0.2.1`, as a dual-stack socket reports it) is the
 * IPv4 address. Host bits set in a block are masked away, as AWS does.
 */

/** An address as its 16-bit groups: two for IPv4, eight for IPv6. */
export type IpGroups = readonly number[];

export interface IpBlock {
  readonly groups: IpGroups;
  readonly bits: number;
}

/** Undefined for what is no address. */
export function parseIp(text: string): IpGroups | undefined {
  if (!text.includes(':')) return parseIpv4(text);
  const groups = parseIpv6(text);
  if (groups === undefined) return undefined;
  const mapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return mapped ? groups.slice(6) : groups;
}

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. Undefined for what is neither. */
export function parseIpBlock(text: string): IpBlock | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const groups = parseIp(address);
  if (groups === undefined) return undefined;
  if (slash < 0) return { groups, bits: groups.length * 16 };
  const prefix = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(prefix)) return undefined;
  const mapped = groups.length === 2 && address.includes(':');
  const bits = Number(prefix) - (mapped ? 96 : 0);
  return bits >= 0 && bits <= groups.length * 16 ? { groups, bits } : undefined;
}

/** Whether the address lies in the block; an IPv4 address lies in no IPv6 block, nor the reverse. */
export function inBlock(address: IpGroups, block: IpBlock): boolean {
  if (address.length !== block.groups.length) return false;
  let bits = block.bits;
  for (let index = 0; bits > 0; index += 1, bits -= 16) {
    const differing = (address[index] ?? 0) ^ (block.groups[index] ?? 0);
    if (differing >>> Math.max(0, 16 - bits) !== 0) return false;
  }
  return true;
}

function parseIpv4(text: string): IpGroups | undefined {
  const found = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(text);
  if (found === null) return undefined;
  const bytes = found.slice(1).map(Number);
  if (bytes.some((byte) => byte > 255)) return undefined;
  // A leading zero is octal to some readers and decimal to others.
  if (found.slice(1).some((byte) => byte.length > 1 && byte.startsWith('0'))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return [a * 256 + b, c * 256 + d];
}

function parseIpv6(text: string): IpGroups | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  if (halves.length === 1) return head?.length === 8 ? head : undefined;
  const tail = parseGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

/** `2001:db8`; the last group may be a dotted IPv4 address where `atEnd`. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const written = text.split(':');
  for (const [index, group] of written.entries()) {
    if (atEnd && index === written.length - 1 && group.includes('.')) {
      const ipv4 = parseIpv4(group);
      if (ipv4 === undefined) return undefined;
      groups.push(...ipv4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      groups.push(Number.parseInt(group, 16));
    }
  }
  return groups.length <= 8 ? groups : undefined;
}
