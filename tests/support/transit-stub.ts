/**
 * A server that answers as Vault's Transit engine does ("Transit secrets engine (API)", checked
 * 2026-11-24), for tests: the real one cannot be had from package registries. It checks every request
 * as Vault does, really encrypts, and keeps what it was sent, so that a test can see it.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface TransitStub extends AsyncDisposable {
  readonly origin: string;
  readonly token: string;
  /** What was asked, newest last. */
  readonly asked: { readonly path: string; readonly body: Readonly<Record<string, unknown>> }[];
  /** Answers every request so, as a sealed Vault does with 503. */
  failing: number | undefined;
  /** Resolves when it has failed a request so. */
  nextFailure(): Promise<void>;
  /** Makes a new version of the key: what older ones wrapped still opens. */
  rotate(): void;
}

export interface TransitStubOptions {
  readonly mount?: string;
  readonly key?: string;
  /** The key wants a context with every request. */
  readonly derived?: boolean;
  readonly namespace?: string;
}

export async function startTransitStub(options: TransitStubOptions = {}): Promise<TransitStub> {
  const engine = new TransitEngine(options);
  const server: Server = createServer((request, response) => void engine.answer(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return Object.assign(engine, {
    origin: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

class TransitEngine {
  readonly token = `hvs.${randomBytes(18).toString('base64url')}`;
  readonly asked: TransitStub['asked'] = [];
  failing: number | undefined;
  #failed: () => void = () => undefined;
  readonly #versions = [randomBytes(32)];
  readonly #options: TransitStubOptions;

  constructor(options: TransitStubOptions) {
    this.#options = options;
  }

  nextFailure(): Promise<void> {
    return new Promise((resolve) => (this.#failed = resolve));
  }

  rotate(): void {
    this.#versions.push(randomBytes(32));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const send = (status: number, reply: object): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(reply));
    };
    try {
      send(200, { request_id: 'x', data: this.#run(request, Buffer.concat(chunks).toString()) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      send(error.status, { errors: error.message === '' ? [] : [error.message] });
    }
  }

  #run({ method, url = '', headers }: IncomingMessage, text: string): object {
    const { mount = 'transit', key = 'coffer', namespace } = this.#options;
    if (this.failing !== undefined) {
      this.#failed();
      throw new Refused(this.failing, 'Vault is sealed');
    }
    if (headers['x-vault-token'] !== this.token) throw new Refused(403, 'permission denied');
    if (headers['x-vault-namespace'] !== namespace) throw new Refused(404, 'no handler for route');
    const [, verb, name] = new RegExp(`^/v1/${mount}/(encrypt|decrypt)/([^/]+)$`).exec(url) ?? [];
    if (verb === undefined) throw new Refused(404, `no handler for route "${url}"`);
    if (method !== 'POST') throw new Refused(405, 'unsupported operation');
    if (headers['content-type'] !== 'application/json') throw new Refused(400, 'not JSON');
    const body = JSON.parse(text) as Record<string, unknown>;
    this.asked.push({ path: url, body });
    if (name !== key) throw new Refused(400, 'encryption key not found');
    const context = base64(body['context'], 'context');
    if (this.#options.derived === true && context.length === 0) {
      throw new Refused(
        400,
        "missing 'context' for key derivation; the key was created using a derived key",
      );
    }
    const aad = base64(body['associated_data'], 'associated_data');
    return verb === 'encrypt'
      ? this.#encrypt(base64(body['plaintext'], 'plaintext'), context, aad)
      : this.#decrypt(String(body['ciphertext']), context, aad);
  }

  #keyOf(version: number, context: Buffer): Buffer {
    const key = this.#versions[version - 1];
    if (key === undefined) throw new Refused(400, 'invalid ciphertext: version is too new');
    if (this.#options.derived !== true) return key;
    return createHmac('sha256', key).update(context).digest();
  }

  #encrypt(plaintext: Buffer, context: Buffer, aad: Buffer): object {
    const version = this.#versions.length;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(version, context), nonce).setAAD(aad);
    const sealed = Buffer.concat([
      nonce,
      cipher.update(plaintext),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return { ciphertext: `vault:v${version}:${sealed.toString('base64')}`, key_version: version };
  }

  #decrypt(ciphertext: string, context: Buffer, aad: Buffer): object {
    const [, version, text] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    if (version === undefined) throw new Refused(400, 'invalid ciphertext: no prefix');
    const sealed = base64(text, 'ciphertext');
    if (sealed.length < 28) throw new Refused(400, 'invalid ciphertext length');
    const key = this.#keyOf(Number(version), context);
    const opener = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), {
      authTagLength: 16,
    });
    opener.setAAD(aad).setAuthTag(sealed.subarray(-16));
    try {
      const plaintext = Buffer.concat([opener.update(sealed.subarray(12, -16)), opener.final()]);
      return { plaintext: plaintext.toString('base64') };
    } catch {
      throw new Refused(400, 'cipher: message authentication failed');
    }
  }
}

function base64(value: unknown, name: string): Buffer {
  if (value === undefined) return Buffer.alloc(0);
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  if (bytes === undefined || bytes.toString('base64') !== value) {
    throw new Refused(400, `failed to base64-decode ${name}`);
  }
  return bytes;
}
