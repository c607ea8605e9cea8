/** HeadObject: all that GetObject would say, without the bytes; its errors have no body. */
import { operation } from '../operation.ts';
import { readObject, readPermission, readReply, readRequest } from '../read-object.ts';

export const headObject = operation({
  name: 'HeadObject',
  route: { method: 'HEAD', resource: 'object' },
  body: 'none',
  gives: ['conditional-read'],
  input: readRequest,
  permissions: (input) => [readPermission(input)],
  run: readObject,
  output: (found, { overrides }) => readReply(found, overrides),
});
