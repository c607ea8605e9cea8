import { DOMParser } from '@xmldom/xmldom';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  bucketPolicy,
  bucketTags,
  ownership,
  policyIsPublic,
  publicAccessBlock,
  setBucketPolicy,
  setBucketTags,
  setPublicAccessBlock,
} from './bucket-settings.ts';

interface Sent {
  readonly asked: { readonly method: string; readonly query: Readonly<Record<string, string>> };
  readonly body: string;
}

const sent: Sent[] = [];
let answer = { status: 200, text: '' };

/** Presigns everything, and gives `answer` for it. */
async function house(url: string, init: RequestInit): Promise<Response> {
  if (url === '/admin/v1/presign') {
    const asked = JSON.parse(init.body as string) as Sent['asked'];
    sent.push({ asked, body: '' });
    const presigned = { method: asked.method, url: 'http://s3/', headers: {}, expiresAt: '' };
    return Response.json(presigned);
  }
  const { asked } = sent.pop() as Sent;
  const body = init.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : '';
  sent.push({ asked, body });
  return new Response(answer.text === '' ? null : answer.text, { status: answer.status });
}

const refusal = (code: string): typeof answer => ({
  status: 404,
  text: `<Error><Code>${code}</Code><Message>Not there</Message></Error>`,
});

beforeEach(() => {
  sent.length = 0;
  answer = { status: 200, text: '' };
  vi.stubGlobal('fetch', house);
  vi.stubGlobal('DOMParser', DOMParser);
});
afterEach(() => vi.unstubAllGlobals());

describe('what is not set', () => {
  it('is nothing, and no error', async () => {
    answer = refusal('NoSuchTagSet');
    expect(await bucketTags('logs')).toEqual([]);
    answer = refusal('OwnershipControlsNotFoundError');
    expect(await ownership('logs')).toBeUndefined();
    answer = refusal('NoSuchBucketPolicy');
    expect(await bucketPolicy('logs')).toBeNull();
    expect(await policyIsPublic('logs')).toBeNull();
    answer = refusal('NoSuchPublicAccessBlockConfiguration');
    expect(Object.values(await publicAccessBlock('logs'))).toEqual([false, false, false, false]);
  });
  it('is not taken for a bucket that is not there', async () => {
    answer = refusal('NoSuchBucket');
    await expect(bucketTags('logs')).rejects.toMatchObject({ code: 'NoSuchBucket' });
    await expect(bucketPolicy('logs')).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });
});

it('tags are escaped, and none is a removal', async () => {
  await setBucketTags('logs', [{ key: 'a<b', value: 'c & d' }]);
  expect(sent[0]?.body).toContain('<Tag><Key>a&lt;b</Key><Value>c &amp; d</Value></Tag>');
  await setBucketTags('logs', []);
  expect(sent.at(-1)?.asked).toMatchObject({ method: 'DELETE', query: { tagging: '' } });
});

it('the public access block is read and put whole', async () => {
  answer.text =
    '<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>' +
    '<BlockPublicPolicy>false</BlockPublicPolicy></PublicAccessBlockConfiguration>';
  const block = await publicAccessBlock('logs');
  expect(block).toMatchObject({ BlockPublicAcls: true, RestrictPublicBuckets: false });
  answer.text = '';
  await setPublicAccessBlock('logs', { ...block, RestrictPublicBuckets: true });
  expect(sent.at(-1)?.body).toContain('<RestrictPublicBuckets>true</RestrictPublicBuckets>');
});

it('a policy is sent and read to the byte', async () => {
  const text = '{ "Version":"2012-10-17",\n"Id":"ü" }';
  await setBucketPolicy('logs', text);
  expect(sent[0]).toMatchObject({ body: text, asked: { query: { policy: '' } } });
  answer.text = text;
  expect(await bucketPolicy('logs')).toBe(text);
});
