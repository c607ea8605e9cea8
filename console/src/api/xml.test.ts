import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { childOf, childrenOf, escapeXml, parseXml, textOf } from './xml.ts';
import { crc32Base64 } from './crc32.ts';
import { s3ErrorOf } from './s3.ts';

const parser = new DOMParser({ onError: () => undefined }) as unknown as globalThis.DOMParser;

describe('replies of S3', () => {
  const listing = parseXml(
    `<?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Contents><Key> a&lt;b&gt; </Key><Size>3</Size></Contents>
      <Contents><Key><![CDATA[c&d]]></Key><Owner><ID>x</ID></Owner></Contents>
      <Prefix/>
    </ListBucketResult>`,
    parser,
  );
  it('are told by local names', () => {
    expect(listing?.name).toBe('ListBucketResult');
    expect(childrenOf(listing, 'Contents')).toHaveLength(2);
  });
  it('keep text to the character', () => {
    expect(childrenOf(listing, 'Contents').map((item) => textOf(item, 'Key'))).toEqual([
      ' a<b> ',
      'c&d',
    ]);
  });
  it('tell the empty from the absent', () => {
    expect(textOf(listing, 'Prefix')).toBe('');
    expect(textOf(listing, 'Delimiter')).toBeUndefined();
    expect(childOf(childrenOf(listing, 'Contents')[1], 'Owner')?.children[0]?.text).toBe('x');
  });
});

describe('what is sent as XML', () => {
  it('has a checksum', () => {
    expect(crc32Base64(new TextEncoder().encode('123456789'))).toBe('y/Q5Jg==');
  });
  it('reads back as it was', () => {
    const hostile = `<img src=x onerror="alert('1')">&amp;\r\n\t]]>`;
    expect(parseXml(`<a>${escapeXml(hostile)}</a>`, parser)?.text).toBe(hostile);
  });
});

describe('errors of S3', () => {
  it('are told by code and message', () => {
    const xml = parseXml(
      '<Error><Code>NoSuchBucket</Code><Message>None.</Message></Error>',
      parser,
    );
    expect(s3ErrorOf(404, xml)).toMatchObject({ code: 'NoSuchBucket', message: 'None.' });
  });
  it('have words where a HEAD had no body', () => {
    expect(s3ErrorOf(403, undefined)).toMatchObject({ code: 'AccessDenied', status: 403 });
  });
});
