/**
 * A request's target as the log may show it: values of query parameters that could be credentials
 * are left out. Names are compared as they are meant, not as they are spelled: an escaped letter in
 * `X-Amz-Signature` does not make it another parameter.
 */
import { redacted } from '../base/redact.ts';

export function loggedTarget(target: string): string {
  const question = target.indexOf('?');
  if (question < 0) return target;
  const shown = target
    .slice(question + 1)
    .split('&')
    .map(loggedParameter);
  return `${target.slice(0, question)}?${shown.join('&')}`;
}

function loggedParameter(parameter: string): string {
  const equals = parameter.indexOf('=');
  if (equals < 0) return parameter;
  const name = parameter.slice(0, equals);
  return telling.test(meant(name)) ? `${name}=${redacted}` : parameter;
}

const telling = /signature|credential|token|secret|password|authorization|customer-key/i;

/** What cannot be decoded is no parameter of ours. */
function meant(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
