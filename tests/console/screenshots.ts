/** Pictures of the main pages for the documents, of a server that has something to show. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { House } from './house.ts';
import { Visit } from './visit.ts';

const images = resolve(import.meta.dirname, '../../docs/images');

const pictures: Readonly<Record<string, string>> = {
  buckets: '/buckets',
  objects: '/buckets/photographs?prefix=2026/',
  object: '/buckets/photographs/object?key=2026%2Flighthouse.jpg',
  keys: '/keys',
  inventory: '/inventory',
  overview: '/overview',
};

export async function takeScreenshots(house: House): Promise<void> {
  mkdirSync(images, { recursive: true });
  await fill(house);
  for (const dark of [false, true]) {
    await using visit = await Visit.begin(house, { dark });
    await visit.signIn();
    for (const [name, address] of Object.entries(dark ? { keys: '/keys' } : pictures)) {
      await visit.go(address);
      await visit.settled();
      // Live charts draw the difference of samples, taken over some seconds.
      if (name === 'overview') await serveFor(house, 20_000);
      if (name === 'overview') await visit.page.mouse.wheel(0, 420);
      if (name === 'object') await visit.sees('Master key version');
      const path = join(images, `${name}${dark ? '-dark' : ''}.png`);
      await visit.page.screenshot({ path, animations: 'disabled' });
    }
  }
}

async function fill({ s3, admin }: House): Promise<void> {
  const sizes = { photographs: 240_000, backups: 900_000, 'web-site': 12_000 };
  for (const [Bucket, bytes] of Object.entries(sizes)) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    const names = ['lighthouse.jpg', 'harbour.jpg', 'ferry.jpg', 'north/cliffs.jpg', 'readme.txt'];
    for (const [index, name] of names.entries()) {
      const Body = Buffer.alloc(bytes * (index + 1), index);
      const Metadata = { camera: 'pinhole' };
      const Key = `2026/${name}`;
      await s3.send(
        new PutObjectCommand({ Bucket, Key, Body, Metadata, ContentType: 'image/jpeg' }),
      );
    }
  }
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: 'photographs', VersioningConfiguration }));
  await admin.call('RotateKeys', { body: {} });
  await admin.call('RotateKeys', { body: {} });
  for (const name of ['kestrel.jpg', 'dunes.jpg']) {
    const Body = Buffer.alloc(180_000);
    await s3.send(new PutObjectCommand({ Bucket: 'photographs', Key: `2026/${name}`, Body }));
  }
}

async function serveFor({ s3 }: House, ms: number): Promise<void> {
  const until = performance.now() + ms;
  for (let time = 0; performance.now() < until; time += 1) {
    const Body = Buffer.alloc(4_096 * (1 + (time % 7)));
    const Key = `2026/kept/${time % 50}`;
    await s3.send(new PutObjectCommand({ Bucket: 'backups', Key, Body }));
    await new Promise((done) => setTimeout(done, 10 + (time % 40)));
  }
}
