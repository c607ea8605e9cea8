/**
 * Looks at an object's content without letting it run in the console's origin: images as images, text
 * as text, PDF in a frame of the S3 endpoint's own origin, each asked for as the type that it is shown as.
 */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { useCallback } from 'react';
import { admin } from '../../api/admin.ts';
import type { ObjectHead, ObjectName } from '../../api/object.ts';
import { beyondBrowsers, S3Error, s3ErrorOf, s3Response } from '../../api/s3.ts';
import { parseXml } from '../../api/xml.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { Waiting } from '../../shell/waiting.tsx';
import { bytesText } from '../../text/bytes.ts';
import { isBeyondBrowsers, lastPart } from '../../text/keys.ts';
import { previewOf, type Preview } from '../../text/preview-kind.ts';
import { visibleText } from '../../text/visible.ts';

const textBytesMax = 256 * 1024;
const imageBytesMax = 50 * 1024 ** 2;

export function PreviewBox({
  object,
  head,
}: {
  readonly object: ObjectName;
  readonly head: ObjectHead;
}) {
  const preview = previewOf(head.contentType, object.key);
  if (head.size === 0) return <Box>The object is empty.</Box>;
  if (preview === undefined) {
    return (
      <Box>There is no preview of this type ({visibleText(head.contentType)}). Download it.</Box>
    );
  }
  if (preview.kind === 'image' && head.size > imageBytesMax) {
    return <Box>The image is too large to be shown here. Download it.</Box>;
  }
  if (preview.kind === 'text') return <TextPreview object={object} size={head.size} />;
  return <MediaPreview object={object} preview={preview} />;
}

function MediaPreview({
  object,
  preview,
}: {
  readonly object: ObjectName;
  readonly preview: Preview;
}) {
  const { bucket, key, versionId } = object;
  const { value, error, reload } = useLoaded(
    useCallback(async () => {
      if (isBeyondBrowsers(key)) throw beyondBrowsers();
      const query = {
        'response-content-type': preview.type,
        'response-content-disposition': 'inline',
        ...(versionId === undefined ? {} : { versionId }),
      };
      return admin('POST /admin/v1/presign', { body: { method: 'GET', bucket, key, query } });
    }, [bucket, key, versionId, preview.type]),
  );
  if (error !== undefined) {
    return <ErrorBox what="The preview could not be loaded" error={error} retry={reload} />;
  }
  if (value === undefined) return <Waiting />;
  const name = visibleText(lastPart(key));
  switch (preview.kind) {
    case 'image':
      return <img className="preview-media" src={value.url} alt={`Preview of ${name}`} />;
    case 'video':
      // oxlint-disable-next-line jsx-a11y/media-has-caption -- nobody knows its captions
      return <video className="preview-media" src={value.url} controls aria-label={name} />;
    case 'audio':
      // oxlint-disable-next-line jsx-a11y/media-has-caption -- nobody knows its captions
      return <audio src={value.url} controls aria-label={name} />;
    case 'pdf':
      if (new URL(value.url).origin === window.location.origin) return <SameOrigin />;
      // Browsers show no PDF in a sandboxed frame. Its origin is another one, and its type is given.
      // oxlint-disable-next-line react/iframe-missing-sandbox -- see above
      return <iframe className="preview-frame" src={value.url} title={`Preview of ${name}`} />;
    case 'text':
      return null;
  }
}

function SameOrigin() {
  return (
    <Alert type="info">
      PDF is not shown where console and S3 endpoint share one origin. Download it.
    </Alert>
  );
}

function TextPreview({ object, size }: { readonly object: ObjectName; readonly size: number }) {
  const { bucket, key, versionId } = object;
  const { value, error, reload } = useLoaded(
    useCallback(
      (signal: AbortSignal) => firstText({ bucket, key, versionId }, signal),
      [bucket, key, versionId],
    ),
  );
  if (error !== undefined) {
    return <ErrorBox what="The text could not be read" error={error} retry={reload} />;
  }
  if (value === undefined) return <Waiting />;
  return (
    <>
      {size > textBytesMax ? <Box>The first {bytesText(textBytesMax)}:</Box> : null}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key */}
      <pre className="preview-text" tabIndex={0} aria-label="Preview of the text">
        {value}
      </pre>
    </>
  );
}

async function firstText(object: ObjectName, signal: AbortSignal): Promise<string> {
  const { bucket, key, versionId } = object;
  const response = await s3Response({
    method: 'GET',
    bucket,
    key,
    ...(versionId === undefined ? {} : { query: { versionId } }),
    headers: { range: `bytes=0-${textBytesMax - 1}` },
    signal,
  });
  const text = await response.text();
  if (response.ok) return text;
  const xml = parseXml(text);
  throw xml === undefined
    ? new S3Error(response.status, 'UnknownError', text.slice(0, 200))
    : s3ErrorOf(response.status, xml, response.headers);
}
