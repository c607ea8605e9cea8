/**
 * What is told of each bucket beside its name: loaded for the buckets that are shown, a few at a
 * time, each fact for itself, as an identity may be allowed one and not the other.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BucketCounts } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { bucketEncryption, bucketVersioning } from '../../api/buckets.ts';
import type { DefaultEncryption, Versioning } from '../../api/buckets.ts';

export interface BucketFacts {
  /** `refused`: it may not be known, or could not be told. */
  readonly counts?: BucketCounts | 'refused';
  readonly encryption?: DefaultEncryption | 'refused';
  readonly versioning?: Versioning | 'refused';
}

const atOnce = 4;

export interface FactsOfBuckets {
  readonly facts: ReadonlyMap<string, BucketFacts>;
  /** Asks anew for one bucket. */
  readonly refresh: (bucket: string) => void;
}

export function useBucketFacts(shown: readonly string[]): FactsOfBuckets {
  const [facts, setFacts] = useState<ReadonlyMap<string, BucketFacts>>(new Map());
  const asked = useRef(new Set<string>());
  const waiting = useRef<string[]>([]);
  const running = useRef(0);
  const gone = useRef(false);

  const tell = useCallback((bucket: string, fact: BucketFacts) => {
    if (gone.current) return;
    setFacts((old) => new Map(old).set(bucket, { ...old.get(bucket), ...fact }));
  }, []);

  const work = useCallback(async () => {
    if (running.current >= atOnce) return;
    running.current += 1;
    for (;;) {
      const bucket = gone.current ? undefined : waiting.current.shift();
      if (bucket === undefined) break;
      await factsOf(bucket, tell);
    }
    running.current -= 1;
  }, [tell]);

  const ask = useCallback(
    (buckets: readonly string[]) => {
      const fresh = buckets.filter((bucket) => !asked.current.has(bucket));
      for (const bucket of fresh) asked.current.add(bucket);
      waiting.current = [...fresh, ...waiting.current];
      for (let worker = 0; worker < atOnce; worker += 1) void work();
    },
    [work],
  );

  const key = shown.join('/');
  useEffect(() => ask(key === '' ? [] : key.split('/')), [ask, key]);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  const refresh = useCallback(
    (bucket: string) => {
      asked.current.delete(bucket);
      ask([bucket]);
    },
    [ask],
  );
  return { facts, refresh };
}

async function factsOf(
  bucket: string,
  tell: (bucket: string, fact: BucketFacts) => void,
): Promise<void> {
  const refused = () => 'refused' as const;
  await Promise.all([
    admin('GET /admin/v1/buckets/{bucket}/counts', { path: { bucket } })
      .catch(refused)
      .then((counts) => tell(bucket, { counts })),
    bucketEncryption(bucket)
      .catch(refused)
      .then((encryption) => tell(bucket, { encryption })),
    bucketVersioning(bucket)
      .catch(refused)
      .then((versioning) => tell(bucket, { versioning })),
  ]);
}
