/**
 * What may stand in a log line. A secret must not reach a log by any road (CVE-2018-16889): fields
 * are scalars only, fields with a secret's name are blanked, and signatures, authorization headers
 * and tokens are cut out of text wherever they stand.
 *
 * It does not know the values of secrets: text that carries a bare secret without its name passes.
 */

/** A field of a log line. Bytes and objects do not type-check, and are blanked if they come. */
export type LogValue = string | number | bigint | boolean | Date | Error | null | undefined;
export type LogFields = Readonly<Record<string, LogValue>>;

/** A field that is safe to write; `undefined` fields are left out. */
export type SafeValue = string | number | boolean | null;

export const redacted = '[redacted]';

/** A copy of `fields` that is safe to write. */
export function redactFields(fields: LogFields): Record<string, SafeValue> {
  const safe: Record<string, SafeValue> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    safe[name] = secretName.test(name) ? redacted : redactValue(value);
  }
  return safe;
}

/** `text` without signatures, credentials' secrets, tokens and authorization headers. */
export function redactText(text: string): string {
  if (!suspicious.test(text)) return text;
  let safe = text;
  for (const [pattern, replacement] of secretsInText) safe = safe.replaceAll(pattern, replacement);
  return safe;
}

/** An error and its causes in one text, with the stack of the outermost. */
function describeError(error: Error): string {
  const causes: string[] = [];
  let cause = error.cause;
  while (cause instanceof Error && causes.length < causesMax) {
    causes.push(`caused by ${cause.name}: ${cause.message}`);
    cause = cause.cause;
  }
  return redactText([error.stack ?? `${error.name}: ${error.message}`, ...causes].join('\n'));
}

const causesMax = 5;

const secretName =
  /secret|password|passphrase|authorization|signature|token|cookie|credential|(?:root|data|master|private|wrapped)[-_]?key|keyring/i;

const suspicious = /signature|secret|token|authorization|passw|aws4|cookie|-----BEGIN/i;

const secretsInText: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]*-----[\s\S]*?(?:-----END [^-]*-----|$)/g, redacted],
  [/(\bauthorization["']?\s*[:=,]\s*["']?)[^\r\n"']*/gi, `$1${redacted}`],
  [/AWS4-HMAC-SHA256[^\r\n"']*/g, redacted],
  [/(\b(?:x-amz-)?signature["']?\s*[:=,]\s*["']?)[^\s&"',;]*/gi, `$1${redacted}`],
  [/(\bx-amz-security-token["']?\s*[:=,]\s*["']?)[^\s&"',;]*/gi, `$1${redacted}`],
  [
    /((?:secret[\w-]*|session[_-]?token|passw(?:or)?d|passphrase)["']?\s*[:=]\s*["']?)[^\s&"',;]*/gi,
    `$1${redacted}`,
  ],
  [/(\b(?:set-)?cookie["']?\s*[:=,]\s*["']?)[^\r\n"']*/gi, `$1${redacted}`],
];

function redactValue(value: Exclude<LogValue, undefined>): SafeValue {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return value.toISOString();
  return redacted;
}
