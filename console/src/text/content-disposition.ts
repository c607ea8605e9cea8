import { lastPart } from './keys.ts';

/** Makes a browser save what it gets, under the last part of the key (RFC 6266, RFC 8187). */
export function attachment(key: string): string {
  const name = lastPart(key).replaceAll('/', '') || 'object';
  const plain = name.replaceAll(/[^ -~]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
