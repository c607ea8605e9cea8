/** The options of `npm run bench`. A wrong one is told in one line and ends with 2, as commands do. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
  readonly only: string | undefined;
  readonly payload: 'signed' | 'unsigned';
  readonly flags: readonly string[];
  readonly data: string | undefined;
}

/** Reads the command line. `--help` and what is wrong end the process. */
export function readOptions(sizes: readonly string[]): BenchOptions {
  const { help, quick, json, only, payload, flags, data } = parse();
  if (help) {
    console.log(usage(sizes));
    process.exit(0);
  }
  if (only !== undefined && !sizes.includes(only)) {
    refuse(`--only takes one of ${sizes.join(', ')}, not ${JSON.stringify(only)}`);
  }
  if (payload !== 'signed' && payload !== 'unsigned') {
    refuse(`--payload takes signed or unsigned, not ${JSON.stringify(payload)}`);
  }
  return { quick, json, only, payload, data, flags: flags.split(' ').filter((flag) => flag) };
}

function parse() {
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string' },
        payload: { type: 'string', default: 'signed' },
        flags: { type: 'string', default: '' },
        data: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error));
  }
}

function refuse(why: string): never {
  console.error(`bench: ${why.split('\n', 1)[0]}. See --help.`);
  process.exit(2);
}

const usage = (sizes: readonly string[]): string => `npm run bench -- [OPTIONS]

Starts a server of its own and measures PUT and GET at 1, 16 and 64 clients, LIST, start-up and
memory. The client shares the machine: compare ratios within one run.

  --quick              2 seconds a step instead of 6
  --only SIZE          one of ${sizes.join(', ')}; no LIST
  --payload KIND       signed (default), or unsigned: requests without a hash of their body
  --flags "FLAGS"      given to the server, such as "--workers 2"
  --data FOLDER        where the store is made, to measure another disk; default: the temporary folder
  --json               one JSON object instead of a table
  --help               this text`;
