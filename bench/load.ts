/** A closed loop: so many clients, each sending its next request when the last was answered. */
import { Connection, type Answer } from './connection.ts';

export interface Request {
  readonly head: Buffer;
  readonly body?: Buffer;
}

export interface Measured {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Load {
  readonly host: string;
  readonly port: number;
  readonly clients: number;
  /** Ends after this time, or after `requestsMax`, whichever comes first. */
  readonly secondsMax: number;
  readonly requestsMax: number;
  /** The n-th request. */
  readonly next: (n: number) => Request;
}

export async function run(load: Load): Promise<Measured> {
  const connections = await Promise.all(
    Array.from({ length: load.clients }, () => Connection.open(load.host, load.port)),
  );
  const latencies: number[] = [];
  let sent = 0;
  let failures = 0;
  let bytes = 0;
  const started = performance.now();
  const deadline = started + load.secondsMax * 1000;
  const client = async (connection: Connection): Promise<void> => {
    while (sent < load.requestsMax && performance.now() < deadline) {
      const request = load.next(sent++);
      const from = performance.now();
      const answer: Answer = await connection.send(request.head, request.body);
      latencies.push(performance.now() - from);
      if (answer.status >= 300) failures += 1;
      bytes += answer.bytes + (request.body?.length ?? 0);
    }
  };
  await Promise.all(connections.map(client));
  const seconds = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  latencies.sort((a, b) => a - b);
  const at = (part: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
  return {
    requests: latencies.length,
    failures,
    seconds,
    bytes,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}
