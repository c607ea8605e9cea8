import { describe, expect, it } from 'vitest';
import { attachment } from './content-disposition.ts';
import { decodeWords } from './encoded-word.ts';
import { previewOf } from './preview-kind.ts';

describe('the name of a download', () => {
  it('is the last part of the key', () => {
    expect(attachment('a/b/c.txt')).toBe(`attachment; filename="c.txt"; filename*=UTF-8''c.txt`);
  });
  it('cannot leave its place in the header', () => {
    const header = attachment('x/"; filename="evil.exe\r\nset-cookie: a\u202Egnp');
    expect(header).not.toMatch(/[\r\n\u202E]/);
    expect(header.match(/"/g)).toHaveLength(2);
    expect(attachment('folder/')).toContain('filename="folder"');
    expect(attachment('日本.txt')).toContain(`UTF-8''%E6%97%A5%E6%9C%AC.txt`);
  });
});

describe('encoded words', () => {
  it('are read', () => {
    expect(decodeWords('=?UTF-8?B?w7xuw69jw7ZkZQ==?=')).toBe('ünïcöde');
    expect(decodeWords('=?utf-8?Q?a_=C3=BC?= =?UTF-8?Q?b?=')).toBe('a üb');
  });
  it('that are broken stand as they are', () => {
    for (const text of ['=?UTF-8?B?****?=', '=?nothing?Q?a?=', 'plain', '=?UTF-8?Q?=FF?=']) {
      expect(decodeWords(text)).toBe(text);
    }
  });
});

describe('a preview', () => {
  it('follows the type, and the name where the type says nothing', () => {
    expect(previewOf('image/png', 'a')?.kind).toBe('image');
    expect(previewOf('application/octet-stream', 'a.pdf')?.kind).toBe('pdf');
    expect(previewOf('binary/octet-stream', 'a.bin')).toBeUndefined();
    expect(previewOf('application/zip', 'a.png')).toBeUndefined();
  });
  it('never shows markup as markup', () => {
    expect(previewOf('text/html; charset=utf-8', 'a')).toEqual({
      kind: 'text',
      type: 'text/plain',
    });
    expect(previewOf('application/xhtml+xml', 'a')?.kind).toBe('text');
    expect(previewOf('image/svg+xml', 'a')?.kind).toBe('image');
    expect(previewOf('application/octet-stream', 'a.html')?.kind).toBe('text');
  });
});
