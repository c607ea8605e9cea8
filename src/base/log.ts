/**
 * The log: lines for people (`text`) or programs (`json`, one object a line), both through the same
 * redaction. Lines go to standard error: standard output carries only what a command answers.
 *
 * Lines are buffered and written by pino's destination; warnings and errors leave at once. A line
 * is written whole and is shorter than a pipe's atomic write (4 KiB) unless it carries a stack, so
 * the lines of several workers do not mix.
 */
import { pino } from 'pino';
import { redactFields, redactText } from './redact.ts';
import type { LogFields, SafeValue } from './redact.ts';

export type { LogFields, LogValue } from './redact.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** Writes lines. `message` is a fixed sentence; what varies goes into fields. */
export interface Log {
  /** True when lines of `level` are written: guard costly fields with it. */
  writes(level: LogLevel): boolean;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Writes what is buffered before it returns: for the last line of a process. */
  flush(): void;
}

/** Where finished lines go; each ends with a newline. */
export interface LogDestination {
  write(line: string): void;
  flush(): void;
  flushSync(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Standard error by default. */
  readonly destination?: LogDestination;
}

/** Opens the log of this process. */
export function openLog(options: LogOptions): Log {
  const destination = options.destination ?? standardError();
  const writer =
    options.format === 'json'
      ? jsonWriter(options.level, destination)
      : (level: LogLevel, message: string, fields: Record<string, SafeValue>) =>
          destination.write(textLine(level, message, fields));
  return logOf({ least: logLevels.indexOf(options.level), writer, destination });
}

type Writer = (level: LogLevel, message: string, fields: Record<string, SafeValue>) => void;

interface LogParts {
  readonly least: number;
  readonly writer: Writer;
  readonly destination: LogDestination;
}

function logOf(parts: LogParts): Log {
  const { least, writer, destination } = parts;
  const write = (level: LogLevel, message: string, fields: LogFields | undefined): void => {
    writer(level, redactText(message), fields === undefined ? {} : redactFields(fields));
    if (level === 'warn' || level === 'error') destination.flush();
  };
  const at = (level: LogLevel) =>
    logLevels.indexOf(level) < least
      ? () => undefined
      : (message: string, fields?: LogFields) => write(level, message, fields);
  return {
    writes: (level) => logLevels.indexOf(level) >= least,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    flush: () => destination.flushSync(),
  };
}

function standardError(): LogDestination {
  return pino.destination({
    fd: 2,
    sync: false,
    minLength: bufferedBytes,
    periodicFlush: flushEveryMs,
  });
}

/** Half a pipe's atomic write: a buffer and the line that fills it go out as one. */
const bufferedBytes = 2048;
const flushEveryMs = 250;

function jsonWriter(level: LogLevel, destination: LogDestination): Writer {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return (at, message, fields) => logger[at](fields, message);
}

function textLine(level: LogLevel, message: string, fields: Record<string, SafeValue>): string {
  let line = `${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${plain(message)}`;
  for (const name in fields) {
    const value = fields[name];
    line += ` ${name}=${typeof value === 'string' ? quoted(value) : String(value)}`;
  }
  return `${line}\n`;
}

const needsQuotes = /[\s"=\\]|[^\x21-\x7e]|^$/;
// A message or value must not be able to forge a second line or drive a terminal.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

const escapeControl = (char: string): string =>
  `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
const plain = (text: string): string => text.replaceAll(controls, escapeControl);

function quoted(value: string): string {
  return needsQuotes.test(value)
    ? JSON.stringify(value).replaceAll(controls, escapeControl)
    : value;
}
