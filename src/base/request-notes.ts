/**
 * What the dialect tells the transport about a request, for its one log line and its metrics: only
 * the dialect knows which operation a request is, only the transport knows when its last byte left.
 */

/** Labels must be from a closed set: AWS's operation names, never anything a client chose. */
export interface RequestNote {
  readonly operation: string;
  /** For the log at debug only. */
  readonly bucket?: string;
  readonly key?: string;
  /** The S3 error code of a refusal. */
  readonly code?: string;
  readonly accessKeyId?: string;
}

// A property, not a WeakMap: it is set on every request, and a WeakMap costs the collector dearly.
export const requestNote: unique symbol = Symbol('request note');

export interface Notable {
  [requestNote]?: RequestNote | undefined;
}

/** Notes what `request` turned out to be; a later note lies over an earlier one. */
export function noteRequest(request: object, note: RequestNote): void {
  const notable = request as Notable;
  const earlier = notable[requestNote];
  notable[requestNote] = earlier === undefined ? note : { ...earlier, ...note };
}

/** What was noted about `request`. */
export function noteOf(request: object): RequestNote | undefined {
  return (request as Notable)[requestNote];
}
