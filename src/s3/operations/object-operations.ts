/** The operations on objects and uploads, for the table of routes. */
import type { AnyOperation } from '../operation.ts';
import { deleteObject } from './delete-object.ts';
import { getObject } from './get-object.ts';
import { headObject } from './head-object.ts';
import { putObject } from './put-object.ts';

export const objectOperations: readonly AnyOperation[] = [
  deleteObject,
  getObject,
  headObject,
  putObject,
];
