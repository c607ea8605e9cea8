/**
 * `npm run bench`: PUT and GET of 4 KiB to 64 MiB at 1, 16 and 64 clients, LIST, start-up, memory.
 * The client shares the machine with the server, so compare ratios within one run, not times of
 * two machines. `--help` lists the options.
 */
import { randomBytes } from 'node:crypto';

import { Connection } from './connection.ts';
import { run, type Measured, type Request } from './load.ts';
import { readOptions } from './options.ts';
import { cpuSeconds, memoryMiB, startCoffer, type Subject } from './server.ts';
import { signedHead, type SignInput } from './sign.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const sizes = [
  { label: '4KiB', bytes: 4 * KiB, keys: 2000 },
  { label: '64KiB', bytes: 64 * KiB, keys: 1000 },
  { label: '1MiB', bytes: MiB, keys: 100 },
  { label: '64MiB', bytes: 64 * MiB, keys: 4 },
];
const bucket = 'bench';
const options = readOptions(sizes.map(({ label }) => label));

interface Row extends Measured {
  readonly step: string;
  readonly clients: number;
  readonly perSecond: number;
  readonly mbPerSecond: number;
  readonly cpuMs: number | undefined;
}

function prepare(subject: Subject, input: Omit<SignInput, 'host' | 'region'>, length = 0): Buffer {
  const full = { ...input, host: `${subject.host}:${subject.port}`, region: subject.region };
  return signedHead(subject.credentials, full, length);
}

async function once(subject: Subject, head: Buffer, body?: Buffer): Promise<Buffer> {
  const connection = await Connection.open(subject.host, subject.port);
  const answer = await connection.send(head, body, true);
  connection.close();
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.body?.toString()}`);
  return answer.body ?? Buffer.alloc(0);
}

async function step(
  subject: Subject,
  name: string,
  clients: number,
  requests: readonly Request[],
): Promise<Row> {
  const cpuBefore = subject.pid === undefined ? undefined : cpuSeconds(subject.pid);
  const measured = await run({
    host: subject.host,
    port: subject.port,
    clients,
    secondsMax: options.quick ? 2 : 6,
    requestsMax: 200_000,
    next: (n) => requests[n % requests.length] as Request,
  });
  const cpu =
    subject.pid === undefined || cpuBefore === undefined
      ? undefined
      : ((cpuSeconds(subject.pid) - cpuBefore) * 1000) / measured.requests;
  const row = {
    ...measured,
    step: name,
    clients,
    perSecond: measured.requests / measured.seconds,
    mbPerSecond: measured.bytes / measured.seconds / 1e6,
    cpuMs: cpu,
  };
  if (!options.json) console.log(line(row));
  return row;
}

function line(row: Row): string {
  const cells = [
    row.step.padEnd(12),
    String(row.clients).padStart(7),
    row.perSecond.toFixed(0).padStart(9),
    row.mbPerSecond.toFixed(1).padStart(9),
    row.p50Ms.toFixed(2).padStart(9),
    row.p99Ms.toFixed(2).padStart(9),
    (row.cpuMs?.toFixed(3) ?? '-').padStart(11),
    String(row.failures).padStart(7),
  ];
  return cells.join(' ');
}

/** The rest are pages of files (the program, the metadata's map), which the system takes back. */
function memory(measured: ReturnType<typeof memoryMiB> | undefined): string {
  return `${measured?.resident.toFixed(0)} MiB resident, ${measured?.own.toFixed(0)} of them its own`;
}

async function transfers(subject: Subject): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    if (options.only !== undefined && options.only !== size.label) continue;
    const body = randomBytes(size.bytes);
    const signed = options.payload === 'signed' ? { body } : {};
    const paths = Array.from({ length: size.keys }, (_, n) => `/${bucket}/${size.label}/${n}`);
    const puts = paths.map((path) => ({
      head: prepare(subject, { method: 'PUT', path, ...signed }, size.bytes),
      body,
    }));
    const gets = paths.map((path) => ({ head: prepare(subject, { method: 'GET', path }) }));
    for (const { head } of puts) await once(subject, head, body);
    for (const clients of [1, 16, 64]) {
      rows.push(await step(subject, `PUT ${size.label}`, clients, puts));
      rows.push(await step(subject, `GET ${size.label}`, clients, gets));
    }
  }
  return rows;
}

async function listing(subject: Subject): Promise<{ pages: number; msPerPage: number }> {
  const keys = options.quick ? 2000 : 10_000;
  const puts = Array.from({ length: keys }, (_, n) => ({
    head: prepare(
      subject,
      { method: 'PUT', path: `/${bucket}/list/${String(n).padStart(6, '0')}` },
      1,
    ),
    body: Buffer.from('x'),
  }));
  const load = { host: subject.host, port: subject.port, clients: 32, secondsMax: 120 };
  await run({ ...load, requestsMax: keys, next: (n) => puts[n] as Request });
  let pages = 0;
  let spent = 0;
  for (let after = ''; ; pages += 1) {
    const query = `list-type=2&prefix=list%2F${after === '' ? '' : `&start-after=${after}`}`;
    const head = prepare(subject, { method: 'GET', path: `/${bucket}`, query });
    const from = performance.now();
    const text = (await once(subject, head)).toString();
    spent += performance.now() - from;
    const last = [...text.matchAll(/<Key>([^<]+)<\/Key>/g)].at(-1)?.[1];
    if (!text.includes('<IsTruncated>true') || last === undefined) break;
    after = encodeURIComponent(last);
  }
  return { pages: pages + 1, msPerPage: spent / (pages + 1) };
}

const subject = await startCoffer({
  flags: options.flags,
  ...(options.data === undefined ? {} : { parent: options.data }),
});
try {
  await once(subject, prepare(subject, { method: 'PUT', path: `/${bucket}` }));
  const idle = subject.pid === undefined ? undefined : memoryMiB(subject.pid);
  if (!options.json) {
    console.log(
      `start ${subject.startMs?.toFixed(0)} ms to the first answer, idle ${memory(idle)}`,
    );
    console.log('step         clients     per s      MB/s    p50 ms    p99 ms  CPU ms/req  failed');
  }
  const rows = await transfers(subject);
  const list = options.only === undefined ? await listing(subject) : undefined;
  const after = subject.pid === undefined ? undefined : memoryMiB(subject.pid);
  if (options.json) {
    console.log(JSON.stringify({ startMs: subject.startMs, idle, after, rows, list }));
  } else {
    if (list !== undefined)
      console.log(`LIST ${list.pages} pages of 1,000 keys: ${list.msPerPage.toFixed(1)} ms a page`);
    console.log(`afterwards ${memory(after)}`);
  }
  if (rows.some((row) => row.failures > 0)) process.exitCode = 1;
} finally {
  await subject.stop();
}
