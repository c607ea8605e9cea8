/**
 * `node:http`, taken in a way that does not read all its exports: an `import` of values does, and one
 * of them is a getter that loads a whole HTTP client, a tenth of a start.
 */

export const nodeHttp = process.getBuiltinModule('node:http');
