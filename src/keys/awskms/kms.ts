/**
 * The two calls of AWS KMS that the keeper needs (AWS KMS API Reference, GenerateDataKey and Decrypt,
 * checked 2026-11-24), through AWS's SDK, which finds credentials as every AWS program does. The SDK
 * is loaded only where this keeper is used.
 */
import type { KMSClient, KMSServiceException } from '@aws-sdk/client-kms';
import { Fault } from '../../base/refusal.ts';

export interface KmsPlace {
  readonly region: string;
  /** An ARN, a key id or `alias/NAME`. */
  readonly keyId: string;
  /** Undefined: the region's own. */
  readonly endpoint: string | undefined;
  /** How long a request may take; 10 s by default. */
  readonly timeoutMs?: number;
}

export type EncryptionContext = Readonly<Record<string, string>>;

export interface Kms {
  generateDataKey(context: EncryptionContext): Promise<{ key: Buffer; wrapped: Uint8Array }>;
  decrypt(wrapped: Uint8Array, context: EncryptionContext): Promise<Buffer>;
}

const timeoutMsDefault = 10_000;

export function openKms(place: KmsPlace): Kms {
  let opened: Promise<{ sdk: Sdk; client: KMSClient }> | undefined;
  const open = () => (opened ??= connect(place));
  return {
    generateDataKey: async (context) => {
      const { sdk, client } = await open();
      const KeySpec = 'AES_256';
      const command = { KeyId: place.keyId, KeySpec, EncryptionContext: { ...context } } as const;
      const reply = await client
        .send(new sdk.GenerateDataKeyCommand(command))
        .catch(refusedBy(place, 'GenerateDataKey'));
      return { key: bytes(reply.Plaintext), wrapped: bytes(reply.CiphertextBlob) };
    },
    decrypt: async (wrapped, context) => {
      const { sdk, client } = await open();
      const EncryptionContext = { ...context };
      const command = { KeyId: place.keyId, CiphertextBlob: wrapped, EncryptionContext };
      const reply = await client
        .send(new sdk.DecryptCommand(command))
        .catch(refusedBy(place, 'Decrypt'));
      return bytes(reply.Plaintext);
    },
  };
}

type Sdk = typeof import('@aws-sdk/client-kms');

async function connect({ region, endpoint, timeoutMs = timeoutMsDefault }: KmsPlace) {
  const sdk = await import('@aws-sdk/client-kms');
  const client = new sdk.KMSClient({
    region,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 2,
    requestHandler: { connectionTimeout: timeoutMs / 2, requestTimeout: timeoutMs },
  });
  return { sdk, client };
}

function bytes(given: Uint8Array | undefined): Buffer {
  if (given === undefined)
    throw new Fault('failed', 'AWS KMS answered without the bytes asked for');
  return Buffer.from(given);
}

/** The ciphertext is not of this key, or not bound to this context. */
const damage = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

const mends: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'its policy must allow kms:GenerateDataKey and kms:Decrypt to these credentials',
  NotFoundException: 'there is no such key: check --keeper and the region',
  DisabledException: 'enable the key',
  KMSInvalidStateException: 'the key is not usable now: cancel its deletion or enable it',
  InvalidKeyUsageException: 'it must be a symmetric key for encryption',
  UnrecognizedClientException: 'check the AWS credentials',
  InvalidSignatureException: 'check the AWS credentials and the clock',
  ExpiredTokenException: 'renew the AWS credentials',
  CredentialsProviderError:
    'give AWS credentials: AWS_ACCESS_KEY_ID and its like, a profile or a role',
};

function refusedBy(place: KmsPlace, call: string): (error: unknown) => never {
  return (error) => {
    const { name, message, $metadata } = error as KMSServiceException;
    const where = `AWS KMS in ${place.region}${place.endpoint === undefined ? '' : ` at ${place.endpoint}`}`;
    const key = place.keyId;
    const cause = { cause: error };
    if (damage.has(name) || isOfAnotherKey(call, name, message)) {
      throw new Fault('damaged', `${where} does not open it with ${key} (${name}).`, cause);
    }
    const mend = mends[name];
    const status = $metadata?.httpStatusCode ?? 0;
    if (mend !== undefined || (status >= 400 && status < 500 && !isThrottling(name))) {
      const said = `${name}: ${message}`.slice(0, 300);
      const advice = mend ?? 'check --keeper';
      throw new Fault(
        'failed',
        `${where} refuses ${call} with ${key} (${said}): ${advice}.`,
        cause,
      );
    }
    const code = (error as NodeJS.ErrnoException).code ?? name;
    throw new Fault(
      'unavailable',
      `${where} cannot be reached (${code}): check that this machine may connect to it.`,
      cause,
    );
  };
}

/** What KMS says where a ciphertext names no key that there is, or one of somebody else. */
const isOfAnotherKey = (call: string, name: string, message: string): boolean =>
  call === 'Decrypt' && name === 'AccessDeniedException' && !/not authorized/i.test(message);

const isThrottling = (name: string): boolean =>
  ['ThrottlingException', 'LimitExceededException', 'RequestTimeout'].includes(name);
