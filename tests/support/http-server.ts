/** A server around a handler for tests: on loopback, on a free port, ended with its scope. */
import type { Handler } from '../../src/http/exchange.ts';
import { blindObserver } from '../../src/http/observer.ts';
import type { FinishedRequest, Observer } from '../../src/http/observer.ts';
import { startHttpServer } from '../../src/http/server.ts';
import type { HttpServer, HttpServerOptions } from '../../src/http/server.ts';
import { RawClient } from './raw-socket.ts';

export class TestServer implements AsyncDisposable {
  readonly server: HttpServer;
  readonly finished: FinishedRequest[];
  readonly failures: unknown[];
  readonly malformed: string[];
  #closed = false;

  constructor(server: HttpServer, seen: Pick<TestServer, 'finished' | 'failures' | 'malformed'>) {
    this.server = server;
    this.finished = seen.finished;
    this.failures = seen.failures;
    this.malformed = seen.malformed;
  }

  get port(): number {
    return this.server.listening.port;
  }

  client(): RawClient {
    return new RawClient(this.port);
  }

  close(graceMs: number): Promise<number> {
    this.#closed = true;
    return this.server.close(graceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) await this.close(0);
  }
}

export async function serving(
  handler: Handler,
  options: Partial<HttpServerOptions> = {},
): Promise<TestServer> {
  const seen = {
    finished: [] as FinishedRequest[],
    failures: [] as unknown[],
    malformed: [] as string[],
  };
  const observer: Observer = {
    ...blindObserver,
    requestFinished: (finished) => void seen.finished.push(finished),
    requestFailed: (_request, error) => void seen.failures.push(error),
    malformedRequest: (code) => void seen.malformed.push(code),
  };
  const address = { host: '127.0.0.1', port: 0, setting: '--listen' };
  const server = await startHttpServer({ handler, address, observer, ...options });
  return new TestServer(server, seen);
}
