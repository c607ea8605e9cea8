/**
 * A browser form up to its file ("POST Object", S3 API reference; S3-BEHAVIOURS 19 and 20;
 * 2026-11-24). Its credentials are fields, so the client is told to go on first; the fields before
 * `file` are at most 20 KB, and those after it are not looked at.
 */
import { Refusal } from '../base/refusal.ts';
import { type Headers, type HttpRequest, header } from '../http/exchange.ts';
import { FormDataReader, boundaryOf } from './form-data.ts';

export interface Form {
  /**
   * Lower-case field name → its values, text. `${filename}` is replaced in all of them, by the last
   * part of the path that the browser gave.
   */
  readonly fields: Headers;
  readonly file: FormFile;
}

export interface FormFile {
  /** Without its folders; '' where the form gives none. */
  readonly name: string;
  /** What the part says; S3 takes an object's type from the field `Content-Type` alone. */
  readonly contentType: string | undefined;
  /** The file as it comes; may be iterated once. Ends normally only when the whole form has come. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Reads a form up to its file. Throws `MalformedPOSTRequest`, `MaxPostPreDataLengthExceededError` and
 * `InvalidArgument` for a form without a file.
 */
export async function readForm(
  http: Pick<HttpRequest, 'headers' | 'body' | 'sendContinue'>,
): Promise<Form> {
  const boundary = boundaryOf(header(http.headers, 'content-type') ?? '');
  http.sendContinue();
  const reader = new FormDataReader(http.body, boundary);
  const fields = new Map<string, string[]>();
  for (;;) {
    const part = await reader.next();
    if (part === undefined) throw noFile();
    const name = part.name.toLowerCase();
    if (name === 'file') {
      const filename = baseName(part.filename ?? '');
      replaceFilename(fields, filename);
      const { contentType } = part;
      return { fields, file: { name: filename, contentType, bytes: reader.content() } };
    }
    const value = await reader.field();
    const earlier = fields.get(name);
    if (earlier === undefined) fields.set(name, [value]);
    else earlier.push(value);
  }
}

const variable = '${filename}';

function replaceFilename(fields: Map<string, string[]>, filename: string): void {
  for (const values of fields.values()) {
    values.forEach((value, index) => {
      if (value.includes(variable)) values[index] = value.replaceAll(variable, () => filename);
    });
  }
}

/** "Only the text following the last slash (/) or backslash (\) will be used." */
function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function noFile(): Refusal {
  return new Refusal('InvalidArgument', {
    message: 'POST requires exactly one file upload per request.',
    fields: { ArgumentName: 'file', ArgumentValue: '0' },
  });
}
