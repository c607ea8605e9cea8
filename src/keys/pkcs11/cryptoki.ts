/**
 * A PKCS#11 module (OASIS PKCS #11 Cryptographic Token Interface Base Specification 2.40, checked
 * 2026-11-24), loaded by its path through koffi, and the few functions that the keeper calls. For a
 * thread of its own (token-thread.ts): calls return when the token has answered, and so nothing that
 * they point to can be collected meanwhile, which koffi's own asynchronous calls do not see to.
 *
 * Structures are laid out for 64-bit Unix: CK_ULONG has 8 bytes, nothing is packed, and numbers are
 * little-endian, as on every platform that Coffer's Node comes for.
 */
import koffi from 'koffi';
import { Fault } from '../../base/refusal.ts';

/** The code of a call; 0 is CKR_OK. */
export type ReturnValue = number;
export type Argument = number | bigint | Uint8Array | null;

export interface Cryptoki {
  readonly path: string;
  call(name: CryptokiFunction, ...args: readonly Argument[]): ReturnValue;
  /** Where bytes lie, for a structure that points to them: they must outlive the call. */
  address(bytes: Uint8Array): bigint;
}

/** Places in CK_FUNCTION_LIST, behind its version, and what is passed. */
const functions = {
  C_Initialize: [0, 'void *args'],
  C_GetSlotList: [4, 'uint8_t present, void *slots, void *count'],
  C_GetTokenInfo: [6, 'ulong slot, void *info'],
  C_OpenSession: [12, 'ulong slot, ulong flags, void *data, void *notify, void *session'],
  C_CloseSession: [13, 'ulong session'],
  C_Login: [18, 'ulong session, ulong user, void *pin, ulong length'],
  C_FindObjectsInit: [26, 'ulong session, void *template, ulong count'],
  C_FindObjects: [27, 'ulong session, void *objects, ulong max, void *count'],
  C_FindObjectsFinal: [28, 'ulong session'],
  C_EncryptInit: [29, 'ulong session, void *mechanism, ulong key'],
  C_Encrypt: [30, 'ulong session, void *data, ulong length, void *sealed, void *sealedLength'],
  C_DecryptInit: [33, 'ulong session, void *mechanism, ulong key'],
  C_Decrypt: [34, 'ulong session, void *sealed, ulong length, void *data, void *dataLength'],
} as const;

export type CryptokiFunction = keyof typeof functions;

const versionBytes = 8;
const pointerBytes = 8;
const osLockingOk = 2n;
const alreadyInitialized = 0x191;

const loaded = new Map<string, Cryptoki>();

/** The module at `path`, loaded and initialized once in the life of this thread. */
export function loadCryptoki(path: string): Cryptoki {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const cryptoki = load(path);
  initialize(cryptoki);
  loaded.set(path, cryptoki);
  return cryptoki;
}

/** Never collected: koffi unloads a library that nobody holds, with the functions in it. */
const libraries: unknown[] = [];

function load(path: string): Cryptoki {
  const list = opening(path, () => {
    const found: unknown[] = [null];
    const library = koffi.load(path);
    libraries.push(library);
    const code = library.func('ulong C_GetFunctionList(_Out_ void **list)')(found) as number;
    if (code !== 0) throw new Error(`C_GetFunctionList gives ${code}`);
    return found[0];
  });
  const bound = new Map<string, (...args: readonly Argument[]) => number | bigint>();
  for (const [name, [place, parameters]] of Object.entries(functions)) {
    const pointer: unknown = koffi.decode(list, versionBytes + pointerBytes * place, 'void *');
    bound.set(name, koffi.decode(pointer, koffi.proto(`ulong (${parameters})`)));
  }
  return {
    path,
    call: (name, ...args) => Number(bound.get(name)?.(...args)),
    address: (bytes) => koffi.address(bytes),
  };
}

function opening<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Fault(
      'failed',
      `The PKCS#11 module ${path} cannot be loaded (${(error as Error).message}): check module-path in --keeper.`,
      { cause: error },
    );
  }
}

function initialize(cryptoki: Cryptoki): void {
  // CK_C_INITIALIZE_ARGS: four callbacks that are not given, flags, a reserved pointer.
  const args = Buffer.alloc(48);
  args.writeBigUInt64LE(osLockingOk, 32);
  const code = cryptoki.call('C_Initialize', args);
  if (code !== 0 && code !== alreadyInitialized) {
    throw new Fault(
      'failed',
      `The PKCS#11 module ${cryptoki.path} does not initialize (${codeName(code)}): check its configuration.`,
    );
  }
}

const names: Readonly<Record<number, string>> = {
  0x05: 'CKR_GENERAL_ERROR',
  0x06: 'CKR_FUNCTION_FAILED',
  0x30: 'CKR_DEVICE_ERROR',
  0x32: 'CKR_DEVICE_REMOVED',
  0x40: 'CKR_ENCRYPTED_DATA_INVALID',
  0x41: 'CKR_ENCRYPTED_DATA_LEN_RANGE',
  0x60: 'CKR_KEY_HANDLE_INVALID',
  0x63: 'CKR_KEY_TYPE_INCONSISTENT',
  0x68: 'CKR_KEY_FUNCTION_NOT_PERMITTED',
  0x70: 'CKR_MECHANISM_INVALID',
  0x71: 'CKR_MECHANISM_PARAM_INVALID',
  0xa0: 'CKR_PIN_INCORRECT',
  0xa2: 'CKR_PIN_LEN_RANGE',
  0xa3: 'CKR_PIN_EXPIRED',
  0xa4: 'CKR_PIN_LOCKED',
  0xb3: 'CKR_SESSION_HANDLE_INVALID',
  0xe0: 'CKR_TOKEN_NOT_PRESENT',
  0x102: 'CKR_USER_PIN_NOT_INITIALIZED',
};

export const codeName = (code: ReturnValue): string => names[code] ?? `0x${code.toString(16)}`;
