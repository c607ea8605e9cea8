/**
 * Saves an object to disk: a presigned request whose reply is an attachment, in a frame that is not
 * seen, so that the page stays, and its uploads with it. The browser writes it out as it comes.
 */
import { admin } from '../api/admin.ts';
import type { ObjectName } from '../api/object.ts';
import { beyondBrowsers } from '../api/s3.ts';
import { attachment } from '../text/content-disposition.ts';
import { isBeyondBrowsers } from '../text/keys.ts';

const frameMs = 120_000;

export async function startDownload({ bucket, key, versionId }: ObjectName): Promise<void> {
  if (isBeyondBrowsers(key)) throw beyondBrowsers();
  const { url } = await admin('POST /admin/v1/presign', {
    body: {
      method: 'GET',
      bucket,
      key,
      query: {
        'response-content-disposition': attachment(key),
        ...(versionId === undefined ? {} : { versionId }),
      },
    },
  });
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Download';
  frame.src = url;
  document.body.append(frame);
  setTimeout(() => frame.remove(), frameMs);
}
