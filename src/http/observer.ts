/**
 * What the server tells about itself: one log line per request and the request metrics. Object keys
 * and targets stand in the log at debug only; they are in no metric.
 */
import type { Log, LogFields } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { noteOf } from '../base/request-notes.ts';
import type { HttpRequest } from './exchange.ts';
import { loggedTarget } from './logged-target.ts';

/** A request that came to its end. */
export interface FinishedRequest {
  readonly request: HttpRequest;
  /** The reply's status; 0 when the client went away before there was one. */
  readonly status: number;
  readonly milliseconds: number;
  /** Body bytes, as on the wire. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** The client did not get the whole reply. */
  readonly aborted: boolean;
}

export interface Observer {
  socketOpened(): void;
  socketClosed(): void;
  requestStarted(): void;
  requestFinished(finished: FinishedRequest): void;
  /** The handler or its reply's stream failed: a defect, or damage found while streaming. */
  requestFailed(request: HttpRequest, error: unknown): void;
  /** Bytes on a socket that were no request; `code` is the S3 error code of the answer. */
  malformedRequest(code: string, peer: string): void;
}

/** An observer that logs and counts. */
export function observeWith(log: Log, metrics: Metrics): Observer {
  const detailed = log.writes('debug');
  return {
    socketOpened: () => metrics.socketOpened(),
    socketClosed: () => metrics.socketClosed(),
    requestStarted: () => metrics.requestStarted(),
    requestFinished(finished) {
      const { status, milliseconds, bytesIn, bytesOut } = finished;
      const operation = noteOf(finished.request)?.operation ?? unknownOperation;
      metrics.requestFinished({
        operation,
        status: status === 0 ? clientClosedStatus : status,
        seconds: milliseconds / 1000,
        bytesIn,
        bytesOut,
      });
      if (log.writes('info')) log.info('request', requestFields(finished, operation, detailed));
    },
    requestFailed(request, error) {
      log.error('request failed', {
        id: request.id,
        operation: noteOf(request)?.operation,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    },
    malformedRequest(code, peer) {
      metrics.requestStarted();
      metrics.requestFinished({ operation: 'Malformed', ...malformedCounts });
      log.debug('malformed request', { code, peer });
    },
  };
}

/** An observer for tests and tools. */
export const blindObserver: Observer = {
  socketOpened: () => undefined,
  socketClosed: () => undefined,
  requestStarted: () => undefined,
  requestFinished: () => undefined,
  requestFailed: () => undefined,
  malformedRequest: () => undefined,
};

const unknownOperation = 'Unknown';
/** nginx's number for "the client closed the connection". */
const clientClosedStatus = 499;
const malformedCounts = { status: 400, seconds: 0, bytesIn: 0, bytesOut: 0 };

function requestFields(finished: FinishedRequest, operation: string, detailed: boolean): LogFields {
  const { request, status, milliseconds, bytesIn, bytesOut, aborted } = finished;
  const note = noteOf(request);
  const fields: Record<string, string | number | boolean | undefined> = {
    operation,
    status,
    ms: Math.round(milliseconds * 100) / 100,
    in: bytesIn,
    out: bytesOut,
    id: request.id,
    code: note?.code,
  };
  if (aborted) fields['aborted'] = true;
  if (detailed) {
    fields['client'] = request.remoteAddress;
    fields['accessKeyId'] = note?.accessKeyId;
    fields['bucket'] = note?.bucket;
    fields['key'] = note?.key;
    fields['target'] = `${request.method} ${loggedTarget(request.target)}`;
  }
  return fields;
}
