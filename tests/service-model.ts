/**
 * AWS's service model of S3, extracted from botocore (tests/vectors/botocore-s3, Apache-2.0), and a
 * measure made of it: `assertReplyFitsShape` holds a reply to an operation's output shape, so that a
 * black-box test need not know what else AWS would have said.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type XmlElement, readXml } from '../src/s3/xml/read.ts';

export interface ModelOperation {
  readonly method: string;
  readonly path: string;
  /** `name` or `name=value`: in the URI, and required parameters. */
  readonly query: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** Every header the request may carry, lower case; `x-amz-meta-` for the prefix. */
  readonly headers: readonly string[];
  readonly status: number;
  readonly errors: readonly string[];
  readonly digestRequired?: true;
  readonly deprecated?: true;
  readonly output?: string;
}

interface Member {
  readonly shape: string;
  readonly location?: 'header' | 'headers' | 'statusCode';
  readonly locationName?: string;
  readonly xmlAttribute?: true;
  readonly streaming?: true;
  readonly flattened?: true;
}

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly payload?: string;
  readonly enum?: readonly string[];
  readonly flattened?: true;
  readonly members?: Readonly<Record<string, Member>>;
  readonly member?: { readonly shape: string; readonly locationName?: string };
}

export interface ServiceModel {
  readonly botocore: string;
  readonly operations: Readonly<Record<string, ModelOperation>>;
  /** Error code → status. */
  readonly errors: Readonly<Record<string, number>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export const serviceModel = JSON.parse(
  readFileSync(new URL('vectors/botocore-s3/model.json', import.meta.url), 'utf8'),
) as ServiceModel;

/** A reply as a test got it. Header names in any case. */
export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * Fails unless the reply is one that the operation's output shape allows: status, headers, XML names,
 * nesting, required members and the form of every value. An error must be S3's error document.
 */
export function assertReplyFitsShape(operationName: string, reply: WireReply): void {
  const operation = serviceModel.operations[operationName];
  assert.ok(operation !== undefined, `${operationName} is not in AWS's model`);
  const body = typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString();
  const head = operation.method === 'HEAD';
  if (head) assert.equal(body, '', `${operationName}: a HEAD with a body`);
  if (reply.status >= 300) {
    if (!head && reply.status !== 304) checkError(operationName, body);
    return;
  }
  const partial = reply.status === 206 && operation.headers.includes('range');
  const status = answeredWith[operationName] ?? operation.status;
  if (!partial) assert.equal(reply.status, status, `${operationName}: status`);
  const output = operation.output === undefined ? noOutput : shapeOf(operation.output);
  checkHeaders(operationName, output, reply.headers);
  checkBody(operationName, output, body.trimStart());
}

/** What S3 answers, as its API reference shows by example, where the model names no status. */
const answeredWith: Readonly<Record<string, number>> = {
  PutBucketPolicy: 204,
  PutBucketTagging: 204,
};

const noOutput: Shape = { type: 'structure', members: {} };

/** Of HTTP itself, and S3's own that the model leaves out. */
const commonHeaders = new Set([
  'accept-ranges',
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'server',
  'transfer-encoding',
  'vary',
  'x-amz-bucket-region',
  'x-amz-id-2',
  'x-amz-request-id',
]);

function checkHeaders(
  operationName: string,
  output: Shape,
  headers: Readonly<Record<string, string>>,
): void {
  const members = Object.entries(output.members ?? {});
  const given = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  assert.ok(given.has('x-amz-request-id'), `${operationName}: x-amz-request-id is missing`);
  for (const [name, value] of given) {
    const member = members.find(([, { location, locationName = '' }]) => {
      const modelled = locationName.toLowerCase();
      return location === 'headers'
        ? name.startsWith(modelled)
        : location === 'header' && name === modelled;
    })?.[1];
    if (member !== undefined)
      checkScalar(`${operationName} ${name}`, member.shape, value, 'header');
    else assert.ok(commonHeaders.has(name), `${operationName}: AWS sends no ${name}`);
  }
  for (const [name, member] of members) {
    if (member.location !== 'header' || output.required?.includes(name) !== true) continue;
    const header = (member.locationName ?? '').toLowerCase();
    assert.ok(given.has(header), `${operationName}: ${header} is missing`);
  }
}

function checkBody(operationName: string, output: Shape, body: string): void {
  if (output.payload !== undefined) {
    const payload = output.members?.[output.payload];
    assert.ok(payload !== undefined);
    if (shapeOf(payload.shape).type !== 'structure') return;
    checkRoot(operationName, body, payload.shape);
    return;
  }
  const inBody = Object.values(output.members ?? {}).some(({ location }) => location === undefined);
  if (!inBody) {
    assert.equal(body, '', `${operationName}: a body where AWS sends none`);
    return;
  }
  if (operationName === 'GetBucketLocation') {
    // The one reply whose root is the member itself.
    assert.equal(readXml(Buffer.from(body)).name, 'LocationConstraint');
    return;
  }
  checkRoot(operationName, body, serviceModel.operations[operationName]?.output ?? '');
}

function checkRoot(operationName: string, body: string, shape: string): void {
  assert.match(body, /^<\?xml version="1\.0" encoding="UTF-8"\?>/, `${operationName}: declaration`);
  const root = /<([A-Za-z]+) xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/"/.exec(body);
  const element = readXml(Buffer.from(body), 8 * 1024 * 1024);
  assert.equal(root?.[1], element.name, `${operationName}: the root is not in S3's namespace`);
  checkStructure(`${operationName} ${element.name}`, shape, element);
}

function checkStructure(path: string, shapeName: string, element: XmlElement): void {
  const shape = shapeOf(shapeName);
  const members = Object.entries(shape.members ?? {}).filter(
    ([, { location, xmlAttribute }]) => location === undefined && xmlAttribute === undefined,
  );
  const given = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    given.set(child.name, [...(given.get(child.name) ?? []), child]);
  }
  for (const [name, member] of members) {
    const target = shapeOf(member.shape);
    const flattened = target.type === 'list' && (target.flattened ?? member.flattened) === true;
    const wireName =
      member.locationName ?? (flattened ? target.member?.locationName : undefined) ?? name;
    const found = given.get(wireName) ?? [];
    given.delete(wireName);
    if (found.length === 0) {
      assert.ok(!(shape.required ?? []).includes(name), `${path} lacks ${wireName}`);
    } else if (flattened) {
      for (const one of found) checkValue(`${path}.${wireName}`, target.member?.shape ?? '', one);
    } else {
      assert.equal(found.length, 1, `${path} has ${wireName} ${found.length} times`);
      const [only] = found;
      assert.ok(only !== undefined);
      checkValue(`${path}.${wireName}`, member.shape, only);
    }
  }
  assert.deepEqual([...given.keys()], [], `${path} has elements that AWS does not send`);
  assert.ok(element.children.length > 0 || element.text.trim() === '', `${path} holds text`);
}

function checkValue(path: string, shapeName: string, element: XmlElement): void {
  const shape = shapeOf(shapeName);
  if (shape.type === 'structure') {
    checkStructure(path, shapeName, element);
  } else if (shape.type === 'list') {
    const item = shape.member?.locationName ?? 'member';
    for (const child of element.children) {
      assert.equal(child.name, item, `${path} holds a ${child.name}`);
      checkValue(`${path}.${item}`, shape.member?.shape ?? '', child);
    }
  } else {
    assert.equal(element.children.length, 0, `${path} holds elements`);
    checkScalar(path, shapeName, element.text, 'xml');
  }
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;
const httpTime = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

function checkScalar(path: string, shapeName: string, text: string, where: 'header' | 'xml'): void {
  const shape = shapeOf(shapeName);
  switch (shape.type) {
    case 'boolean':
      assert.match(text, /^(?:true|false)$/, path);
      break;
    case 'integer':
    case 'long':
      assert.match(text, /^-?\d+$/, path);
      break;
    case 'timestamp':
      // What a client stored as Expires comes back as it was.
      if (shapeName !== 'Expires') assert.match(text, where === 'xml' ? isoTime : httpTime, path);
      break;
    case 'string':
      if (shape.enum !== undefined && shapeName !== 'BucketLocationConstraint') {
        assert.ok(shape.enum.includes(text) || text === '', `${path}: AWS knows no ${text}`);
      }
      break;
    default:
      break;
  }
}

function checkError(operationName: string, body: string): void {
  const element = readXml(Buffer.from(body.trimStart()));
  assert.equal(element.name, 'Error', `${operationName}: an error without S3's document`);
  for (const name of ['Code', 'Message', 'Resource', 'RequestId', 'HostId']) {
    const found = element.children.filter((child) => child.name === name);
    assert.equal(found.length, 1, `${operationName}: Error has ${name} ${found.length} times`);
    assert.notEqual(found[0]?.text, '', `${operationName}: ${name} is empty`);
  }
}

function shapeOf(name: string): Shape {
  const shape = serviceModel.shapes[name];
  assert.ok(shape !== undefined, `no shape ${name}`);
  return shape;
}
