/** The few forms that most replies have. */
import type { HttpReply } from '../http/exchange.ts';
import { xmlContentType } from './xml/write.ts';

/** 200 with an XML document. */
export function xmlReply(body: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { status: 200, headers: { ...headers, 'Content-Type': xmlContentType }, body };
}

/** A status and headers, no body. */
export function emptyReply(
  status: 200 | 204,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return { status, headers };
}
