/**
 * PutObject: stores an object. The length is checked before a byte is read; digests and signatures
 * of the bytes before anything becomes visible.
 */
import type { PutInput } from '../../store/objects.ts';
import { writeConditions } from '../headers/conditions.ts';
import { type Call, operation } from '../operation.ts';
import { emptyReply } from '../reply.ts';
import { objectOf } from '../target.ts';
import {
  type WriteRequest,
  checkAcl,
  writePermissions,
  writeRequest,
  writtenHeaders,
} from '../write-object.ts';

export const putObject = operation({
  name: 'PutObject',
  route: { method: 'PUT', resource: 'object' },
  body: 'stream',
  gives: ['sse', 'checksum', 'acl', 'tagging', 'storage-class', 'metadata', 'conditional-write'],
  input: (request) => ({
    write: writeRequest(request, objectOf(request.target)),
    conditions: writeConditions(request.headers),
  }),
  permissions: ({ write, conditions }) => writePermissions(write, conditions),
  run: async (call, { write, conditions }) => {
    await checkAcl(call, write);
    const put = putInput(call, write);
    return call.store.objects.put(conditions === undefined ? put : { ...put, conditions });
  },
  output: (written) => emptyReply(200, writtenHeaders(written)),
});

function putInput({ payload }: Call, { bucket, key, facts, sse }: WriteRequest): PutInput {
  const { bytes: body, length, declared: digests } = payload;
  return { bucket, key, facts, sse, body, length, digests };
}
