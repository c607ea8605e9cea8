/**
 * Deletes objects, versions and whole prefixes, in batches of DeleteObjects, with what became of
 * each. What is refused stops nothing else.
 */
import { listAll, type Entry } from './listing.ts';
import { S3Error, s3 } from './s3.ts';
import { childrenOf, escapeXml, textOf } from './xml.ts';
import { xmlBody } from './xml-body.ts';

export interface Target {
  readonly key: string;
  /** Without it, in a bucket with versioning, a delete marker is put in front. */
  readonly versionId?: string;
}

export interface NotDeleted extends Target {
  readonly code: string;
  readonly message: string;
}

export interface DeletionProgress {
  readonly deleted: number;
  readonly failed: number;
  /** The first of them. */
  readonly failures: readonly NotDeleted[];
}

const batchMax = 500;
const failuresKept = 200;

export async function deleteEntries(
  bucket: string,
  entries: readonly Entry[],
  options: {
    /** Of prefixes: every version, instead of a marker for each key. */
    readonly versions: boolean;
    readonly onProgress: (progress: DeletionProgress) => void;
    readonly signal: AbortSignal;
  },
): Promise<DeletionProgress> {
  let progress: DeletionProgress = { deleted: 0, failed: 0, failures: [] };
  for await (const batch of batches(bucket, entries, options)) {
    const failures = await deleteBatch(bucket, batch, options.signal);
    progress = {
      deleted: progress.deleted + batch.length - failures.length,
      failed: progress.failed + failures.length,
      failures: [...progress.failures, ...failures].slice(0, failuresKept),
    };
    options.onProgress(progress);
  }
  return progress;
}

async function* batches(
  bucket: string,
  entries: readonly Entry[],
  { versions, signal }: { readonly versions: boolean; readonly signal: AbortSignal },
): AsyncGenerator<readonly Target[]> {
  const single = entries.flatMap((entry) => (entry.kind === 'prefix' ? [] : [targetOf(entry)]));
  for (let at = 0; at < single.length; at += batchMax) yield single.slice(at, at + batchMax);
  for (const { kind, key } of entries) {
    if (kind !== 'prefix') continue;
    const query = { bucket, prefix: key, delimiter: '', versions, limit: batchMax };
    for await (const page of listAll(query, signal)) {
      const targets = page.flatMap((entry) => (entry.kind === 'prefix' ? [] : [targetOf(entry)]));
      if (targets.length > 0) yield targets;
    }
  }
}

function targetOf({ key, versionId }: Target): Target {
  return versionId === undefined ? { key } : { key, versionId };
}

async function deleteBatch(
  bucket: string,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly NotDeleted[]> {
  const inXml = targets.filter(({ key }) => isXmlText(key));
  const failures: NotDeleted[] = [];
  if (inXml.length > 0) {
    const objects = inXml.map(
      ({ key, versionId }) =>
        `<Object><Key>${escapeXml(key)}</Key>${
          versionId === undefined ? '' : `<VersionId>${escapeXml(versionId)}</VersionId>`
        }</Object>`,
    );
    const body = xmlBody('Delete', `<Quiet>true</Quiet>${objects.join('')}`);
    const { xml } = await s3({ method: 'POST', bucket, query: { delete: '' }, ...body, signal });
    for (const error of childrenOf(xml, 'Error')) {
      const versionId = textOf(error, 'VersionId');
      failures.push({
        key: textOf(error, 'Key') ?? '',
        ...(versionId === undefined || versionId === '' ? {} : { versionId }),
        code: textOf(error, 'Code') ?? '',
        message: textOf(error, 'Message') ?? '',
      });
    }
  }
  // Keys with characters that XML 1.0 cannot carry go one by one.
  for (const target of targets) {
    if (isXmlText(target.key)) continue;
    const failure = await deleteOne(bucket, target, signal);
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}

/** Undefined where it is done. */
export async function deleteOne(
  bucket: string,
  target: Target,
  signal?: AbortSignal,
): Promise<NotDeleted | undefined> {
  const { key, versionId } = target;
  try {
    await s3({
      method: 'DELETE',
      bucket,
      key,
      ...(versionId === undefined ? {} : { query: { versionId } }),
      ...(signal === undefined ? {} : { signal }),
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return { ...target, code: error.code, message: error.message };
  }
}

/** The `Char` production of XML 1.0. */
export function isXmlText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text);
}
