/**
 * Writes docs/openapi.json from the operations of the admin API and the schemas that the compiler
 * holds to their types.
 *
 *     node tools/openapi.ts          writes the file
 *
 * `tests/openapi.test.ts` fails when the file is stale, and holds the server's replies to it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from './openapi/document.ts';

export const documentPath = join(import.meta.dirname, '../docs/openapi.json');

/** The file's text as the code has it now. */
export function renderedDocument(): string {
  const manifest = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  return `${JSON.stringify(openApiDocument(version), undefined, 2)}\n`;
}

if (import.meta.main) writeFileSync(documentPath, renderedDocument());
