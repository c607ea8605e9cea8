/** Every S3 operation there is: built, answering AWS's default, or refused by name. */
import { defaultAnswers } from './default-answers.ts';
import type { AnyOperation } from './operation.ts';
import { bucketOperations } from './operations/bucket-operations.ts';
import { objectOperations } from './operations/object-operations.ts';
import { unbuiltOperations } from './unbuilt.ts';

export const allOperations: readonly AnyOperation[] = [
  ...bucketOperations,
  ...objectOperations,
  ...defaultAnswers,
  ...unbuiltOperations,
];
