/**
 * The Transit engine of HashiCorp Vault and OpenBao over its HTTP API ("Transit secrets engine
 * (API)", developer.hashicorp.com/vault/api-docs/secret/transit and openbao.org/api-docs/secret/transit,
 * checked 2026-11-24): encrypt and decrypt with one key. Redirects are not followed: they would take
 * the token along.
 */
import { Fault } from '../../base/refusal.ts';

export interface TransitPlace {
  /** `https://HOST:PORT` */
  readonly origin: string;
  readonly mount: string;
  readonly key: string;
  readonly namespace: string | undefined;
  /** The token, read anew for every request: agents renew it. */
  readonly token: () => Promise<string>;
  /** How long a request may take; 10 s by default. */
  readonly timeoutMs?: number;
}

export type TransitVerb = 'encrypt' | 'decrypt';

const timeoutMsDefault = 10_000;
const replyBytesMax = 256 * 1_024;

/** The member `wanted` of the reply's data. `body` is sent as JSON. */
export async function askTransit(
  place: TransitPlace,
  verb: TransitVerb,
  body: Readonly<Record<string, string>>,
  wanted: string,
): Promise<string> {
  const token = await place.token();
  const { origin, mount, key, namespace, timeoutMs = timeoutMsDefault } = place;
  const answer = await fetch(`${origin}/v1/${mount}/${verb}/${key}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Vault-Request': 'true',
      'X-Vault-Token': token,
      ...(namespace !== undefined && { 'X-Vault-Namespace': namespace }),
    },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
    .then(async (response) => ({ status: response.status, text: await readText(response) }))
    .catch((error: unknown) => {
      throw unreachable(place, error);
    });
  const reply = parsed(answer.text);
  if (answer.status !== 200) throw refused(place, verb, { ...answer, errors: reply?.errors });
  const value = reply?.data?.[wanted];
  if (typeof value !== 'string') {
    throw new Fault('failed', `Vault at ${origin} answered without "${wanted}": is it Vault?`);
  }
  return value;
}

interface Reply {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: unknown;
}

function parsed(text: string): Reply | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > replyBytesMax) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unreachable({ origin }: TransitPlace, error: unknown): Fault {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  const reason =
    name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? cause?.message ?? message);
  return new Fault(
    'unavailable',
    `Vault at ${origin} cannot be reached (${reason}): check that it runs, that this machine may connect, and, with a CA of your own, NODE_EXTRA_CA_CERTS.`,
    { cause: error },
  );
}

interface Answer {
  readonly status: number;
  readonly errors: unknown;
}

function refused(place: TransitPlace, verb: TransitVerb, { status, errors }: Answer): Fault {
  const { origin, mount, key } = place;
  const said = Array.isArray(errors) ? errors.map(String).join('; ').slice(0, 200) : '';
  const because = said === '' ? `status ${status}` : `status ${status}, ${said}`;
  if (status === 429 || status >= 500 || status === 472 || status === 473) {
    return new Fault(
      'unavailable',
      `Vault at ${origin} cannot be reached for this (${because}): unseal it, or wait until it answers.`,
    );
  }
  if (status === 403) {
    return new Fault(
      'failed',
      `Vault at ${origin} refuses the token (${because}): give one that may update ${mount}/encrypt/${key} and ${mount}/decrypt/${key} (COFFER_VAULT_TOKEN or --vault-token-file).`,
    );
  }
  if (status === 400 && verb === 'decrypt' && !/key not found/.test(said)) {
    return new Fault(
      'damaged',
      `Vault at ${origin} does not open it with ${mount}/keys/${key} (${because}).`,
    );
  }
  return new Fault(
    'failed',
    `Vault at ${origin} does not ${verb} with ${mount}/keys/${key} (${because}): check the URL, the mount and that the key exists.`,
  );
}
