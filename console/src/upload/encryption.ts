/** The three choices of encryption for an upload, and what each really sends. */
export type EncryptionChoice = 'bucket-default' | 'sse-s3' | 'unspecified';

/** Only SSE-S3 is a header; the other two leave it out, and leave the answer to the bucket. */
export function encryptionHeaders(choice: EncryptionChoice): Readonly<Record<string, string>> {
  return choice === 'sse-s3' ? { 'x-amz-server-side-encryption': 'AES256' } : {};
}
