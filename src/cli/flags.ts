/** Every flag of the commands that is not a setting of the server, once. */

export interface Flag {
  /** What stands for its value in help texts; undefined for one that is given or not. */
  readonly placeholder: string | undefined;
  readonly help: string;
  /** May be given several times. */
  readonly repeatable?: true;
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
    help: 'Goes on where it would refuse: the last enabled access key of an account’s root, a file that is there already.',
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
    help: 'The file to write: instead of standard output, made anew where it is there; for "keys backup" a new one, coffer-recovery-kit.txt by default.',
  },
  shares: {
    placeholder: 'N',
    help: 'Splits the key of the kit into N shares, 2 to 255, one file each beside the kit.',
  },
  threshold: {
    placeholder: 'K',
    help: 'Any K of the shares open the kit, 2 at least; fewer do not.',
  },
  share: {
    placeholder: 'FILE',
    help: 'A share of the kit’s key; give one for each.',
    repeatable: true,
  },
  to: {
    placeholder: 'SPEC',
    help: 'The new root of trust, as --keeper names it in "coffer help settings".',
  },
  'passphrase-file': {
    placeholder: 'FILE',
    help: 'The passphrase of the kit, one line, instead of asking for it on the terminal.',
  },
  check: {
    placeholder: undefined,
    help: 'Only tries whether the kit opens this store; changes nothing.',
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
