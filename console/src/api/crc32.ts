/**
 * CRC-32 (ISO 3309) as S3's `x-amz-checksum-crc32` carries it. Our own, because `crypto.subtle` is
 * missing where the console is reached over plain HTTP from another machine.
 */
export function crc32Base64(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  const sum = ~crc;
  return btoa(String.fromCharCode(...[24, 16, 8, 0].map((shift) => (sum >>> shift) & 0xff)));
}

const table = Uint32Array.from({ length: 256 }, (_none, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});
