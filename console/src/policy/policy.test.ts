import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AdminError } from '../api/admin.ts';
import { excerptOf, malformedMessage, offsetOf, placeIn } from './located.ts';
import { bucketTemplates, userTemplates } from './templates.ts';

describe('ready-made policies', () => {
  it('have the documented two statements, only the bucket’s name changed', () => {
    const documented = new URL('../../../tests/clients/deny-unencrypted.json', import.meta.url);
    const text = readFileSync(documented, 'utf8').replaceAll('YourBucket', 'my-bucket');
    const deny = bucketTemplates.find(({ id }) => id === 'deny-unencrypted');
    expect(deny?.policy('my-bucket')).toBe(text.trimEnd());
  });

  it('name the bucket in every resource', () => {
    for (const { policy } of bucketTemplates) {
      const { Statement } = JSON.parse(policy('photos')) as {
        Statement: readonly { Resource: string | readonly string[] }[];
      };
      for (const arn of Statement.flatMap(({ Resource }) => Resource)) {
        expect(arn).toMatch(/^arn:aws:s3:::photos(\/\*)?$/);
      }
    }
  });

  it('of users have no principal', () => {
    for (const { policy } of userTemplates) {
      expect(policy('photos')).not.toContain('Principal');
      expect(() => JSON.parse(policy('photos'))).not.toThrow();
    }
  });
});

describe('a place in a policy', () => {
  const text = '{\n  "Version": "2012-10-17",\n  "Statement": 7\n}';
  const place = { line: 3, column: 16 };

  it('is read from the server’s message', () => {
    const message = 'Statement must be a list (line 3, column 16: "7")';
    expect(placeIn(message)).toEqual(place);
    expect(placeIn('Policies must be valid JSON')).toBeUndefined();
    const body = { code: 'MalformedPolicy', message, requestId: '' } as const;
    expect(malformedMessage(new AdminError(400, body))).toBe(message);
    expect(
      malformedMessage(new AdminError(403, { ...body, code: 'AccessDenied' })),
    ).toBeUndefined();
  });

  it('is an offset, wherever it lies', () => {
    expect(text[offsetOf(text, place)]).toBe('7');
    expect(offsetOf(text, { line: 9, column: 1 })).toBe(text.length);
    expect(offsetOf(text, { line: 1, column: 40 })).toBe(1);
  });

  it('is marked under its line', () => {
    expect(excerptOf(text, place)).toBe('3 |   "Statement": 7\n                   ^');
    const [line, mark] = excerptOf(`{${' '.repeat(200)}x`, { line: 1, column: 202 }).split('\n');
    expect(line?.[mark?.indexOf('^') ?? 0]).toBe('x');
  });
});
