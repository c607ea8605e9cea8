/** No answer came at all: the server is down, or the network between is. */
export class Unreachable extends Error {
  constructor(options?: ErrorOptions) {
    super('No answer came from the server. Is it running, and is the network up?', options);
    this.name = 'Unreachable';
  }

  /** A request that was called off stays what it is: nobody failed. */
  static from(cause: unknown): Error {
    if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
    return new Unreachable({ cause });
  }
}
