/** Every flag of the commands that is not a setting of the server, once. */

export interface Flag {
  /** What stands for its value in help texts; undefined for one that is given or not. */
  readonly placeholder: string | undefined;
  readonly help: string;
}

const flagsTable = {
  account: {
    placeholder: 'ACCOUNT',
    help: 'The account. By default the default account; with --endpoint, the account of the key that signs.',
  },
  'access-key': {
    placeholder: 'ID',
    help: 'The access key id to give instead of a generated one: 3 to 128 letters, digits, and . _ -. Needs --secret-key.',
  },
  'secret-key': {
    placeholder: 'KEY',
    help: 'The secret of --access-key: 8 to 128 printable ASCII characters. Other users of this machine may see it while the command runs.',
  },
  'canonical-id': {
    placeholder: 'HEX64',
    help: 'The canonical user id to give instead of a random one: 64 lower-case hexadecimal digits.',
  },
  policy: { placeholder: 'FILE', help: 'A file with an IAM policy in JSON.' },
  'no-policy': { placeholder: undefined, help: 'Removes the policy.' },
  user: {
    placeholder: 'USER',
    help: 'A user of the account. Without it, the root of the account.',
  },
  force: {
    placeholder: undefined,
    help: 'Also where it is the last enabled access key of an account’s root.',
  },
  bucket: { placeholder: 'BUCKET', help: 'Only this bucket.' },
  prefix: {
    placeholder: 'PREFIX',
    help: 'Only what belongs to object keys that begin with it. Re-wrapping needs --bucket with it.',
  },
  detach: { placeholder: undefined, help: 'Returns at once; the server goes on.' },
  'key-version': { placeholder: 'N', help: 'Only what this master key version wraps.' },
  format: { placeholder: 'FORMAT', help: 'csv, the default, or jsonl: one JSON object a line.' },
  output: {
    placeholder: 'FILE',
    help: 'Writes to this file instead of standard output; it is made, or made anew.',
  },
  summary: { placeholder: undefined, help: 'Counts instead of listing.' },
  deep: { placeholder: undefined, help: 'Also reads and opens every byte of the blob files.' },
  yes: { placeholder: undefined, help: 'Does not ask for the name to be typed back.' },
  endpoint: {
    placeholder: 'URL',
    help: 'The console’s URL of a server elsewhere. Requests are signed with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or with the profile of AWS_SHARED_CREDENTIALS_FILE.',
  },
  json: {
    placeholder: undefined,
    help: 'Prints JSON for programs; errors too, on standard error.',
  },
  help: { placeholder: undefined, help: 'Explains the command.' },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof flagsTable;

export const flagNames = Object.keys(flagsTable) as readonly FlagName[];

export const flagOf = (name: FlagName): Flag => flagsTable[name];
