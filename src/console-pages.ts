/**
 * What a browser gets on the console port: the built console, or until it is there a page that says
 * so and loads itself again. Every reply forbids what the console does not need: scripts, styles and
 * connections from elsewhere but the S3 endpoint, frames around it, guesses of types ("Content
 * Security Policy Level 3", W3C; checked 2026-11-24).
 */
import { createHash } from 'node:crypto';
import { rawPath } from './base/request-target.ts';
import type { ConsoleFiles } from './console-files.ts';
import type { HttpReply, HttpRequest } from './http/exchange.ts';

/** How the console is: there, being built, or not to be had, with the sentence that says so. */
export type ConsoleState =
  | { readonly kind: 'built'; readonly files: ConsoleFiles }
  | { readonly kind: 'building' }
  | { readonly kind: 'absent'; readonly sentence: string };

/** The reply to a GET or HEAD; `endpoint` is the S3 endpoint as its sender reaches it. */
export function consolePage(
  request: HttpRequest,
  state: ConsoleState,
  endpoint: string,
): HttpReply {
  const path = rawPath(request.target);
  if (state.kind !== 'built') return isPage(path) ? waitingPage(state) : nothingHere;
  const { files } = state;
  const reply =
    files.find(path, request.headers) ??
    (isPage(path) ? files.find('/index.html', request.headers) : undefined);
  if (reply === undefined) return nothingHere;
  return { ...reply, headers: { ...reply.headers, ...guards(policyOf(endpoint)) } };
}

export const nothingHere: HttpReply = {
  status: 404,
  headers: {
    'Content-Type': 'text/plain; charset=utf-8',
    ...guards("default-src 'none'; frame-ancestors 'none'"),
  },
  body: 'There is nothing here.\n',
};

/**
 * A place of the console's own, which its script finds the way in: plain segments, without a dot
 * but in the name of a bucket or an account.
 */
function isPage(path: string): boolean {
  if (!/^(?:\/|(?:\/[A-Za-z0-9_~.-]+)+\/?)$/.test(path)) return false;
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return false;
  return !path.includes('.') || /^\/(?:buckets|accounts)\//.test(path);
}

function policyOf(endpoint: string): string {
  return [
    "default-src 'self'",
    `connect-src 'self' ${endpoint}`,
    `img-src 'self' data: blob: ${endpoint}`,
    `frame-src ${endpoint}`,
    `media-src ${endpoint}`,
    "style-src 'self'",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function guards(policy: string): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}';
const styleHash = createHash('sha256').update(style).digest('base64');
const waitSeconds = 3;

function waitingPage(state: Exclude<ConsoleState, { kind: 'built' }>): HttpReply {
  const building = state.kind === 'building';
  const sentence = building
    ? 'The console is being built, which takes a minute the first time. This page loads itself again.'
    : state.sentence;
  const again = building ? `<meta http-equiv="refresh" content="${waitSeconds}">\n` : '';
  return {
    status: 503,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(building ? { 'Retry-After': String(waitSeconds) } : {}),
      ...guards(`default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'`),
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${again}<title>Coffer</title>
<style>${style}</style>
<h1>Coffer</h1>
<p>${escaped(sentence)}</p>
<p>The S3 endpoint and the <code>coffer</code> command do not wait for it.</p>
</html>
`,
  };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
