/**
 * One AES key in one token (PKCS #11 2.40 §5, and Current Mechanisms 2.40 §2.11 for AES-GCM, checked
 * 2026-11-24). Each use opens a session, logs in and closes it: a token that was pulled and put back
 * works again. A wrong PIN is not tried twice in the life of this thread, however often a status is
 * asked for, because tokens lock.
 */
import { createHash } from 'node:crypto';
import { Fault } from '../../base/refusal.ts';
import { damaged } from '../../crypto/gcm.ts';
import { type Cryptoki, type ReturnValue, codeName, loadCryptoki } from './cryptoki.ts';

export interface TokenKeyPlace {
  readonly modulePath: string;
  readonly token: string | undefined;
  readonly serial: string | undefined;
  readonly slotId: number | undefined;
  /** CKA_LABEL */
  readonly object: string | undefined;
  /** CKA_ID in hex. */
  readonly id: string | undefined;
}

export interface GcmCall {
  readonly iv: Uint8Array;
  readonly aad: Uint8Array;
  readonly input: Uint8Array;
}

export interface TokenUse {
  readonly verb: 'Encrypt' | 'Decrypt';
  readonly place: TokenKeyPlace;
  readonly pin: string;
  readonly gcm: GcmCall;
}

/** AES-GCM with a 16-byte tag behind the ciphertext. For the token's thread only. */
export function useToken({ verb, place, pin, gcm }: TokenUse, load = loadCryptoki): Buffer {
  using session = openSession(load(place.modulePath), place, pin);
  return session.crypt(verb, gcm);
}

/** Digests of PINs that a token refused, with what it said. */
const wrongPins = new Map<string, ReturnValue>();
const wrongPinsMax = 1_000;
/** CKR_PIN_INCORRECT and CKR_PIN_LEN_RANGE. */
const ofWrongPin: ReadonlySet<ReturnValue> = new Set([0xa0, 0xa2]);

const serialSession = 4;
const userOfToken = 1;
const alreadyLoggedIn = 0x100;
const tokenInfoBytes = 512;
const slotsMax = 1_024;

function openSession(module: Cryptoki, place: TokenKeyPlace, pinText: string): Session {
  const slot = findSlot(module, place);
  const handle = number();
  const opened = module.call('C_OpenSession', slot, serialSession, null, null, handle);
  if (opened !== 0) throw unreachable(place, codeName(opened));
  using unused = new DisposableStack();
  const session = unused.use(new Session(module, place, handle.readBigUInt64LE()));
  const pin = Buffer.from(pinText, 'utf8');
  const tried = createHash('sha256')
    .update(`${place.modulePath}\0${slot}\0`)
    .update(pin)
    .digest('hex');
  const before = wrongPins.get(tried);
  if (before !== undefined) throw refused(place, 'log in', before);
  const code = module.call('C_Login', session.handle, userOfToken, pin, pin.length);
  pin.fill(0);
  if (ofWrongPin.has(code) && wrongPins.size < wrongPinsMax) wrongPins.set(tried, code);
  if (code !== 0 && code !== alreadyLoggedIn) throw refused(place, 'log in', code);
  unused.move();
  return session;
}

function findSlot(module: Cryptoki, place: TokenKeyPlace): bigint {
  const count = number(slotsMax);
  const slots = Buffer.alloc(8 * slotsMax);
  const listed = module.call('C_GetSlotList', 1, slots, count);
  if (listed !== 0) throw unreachable(place, codeName(listed));
  for (let index = 0; index < Number(count.readBigUInt64LE()); index += 1) {
    const slot = slots.readBigUInt64LE(8 * index);
    if (place.slotId !== undefined && slot !== BigInt(place.slotId)) continue;
    const info = Buffer.alloc(tokenInfoBytes);
    if (module.call('C_GetTokenInfo', slot, info) !== 0) continue;
    // CK_TOKEN_INFO: label (32), manufacturer (32), model (16), serial number (16), padded with blanks.
    const label = info.toString('utf8', 0, 32).trimEnd();
    const serial = info.toString('utf8', 80, 96).trimEnd();
    if (place.token !== undefined && place.token !== label) continue;
    if (place.serial === undefined || place.serial === serial) return slot;
  }
  throw unreachable(place, 'no such token is present');
}

class Session implements Disposable {
  readonly handle: bigint;
  readonly #module: Cryptoki;
  readonly #place: TokenKeyPlace;
  /** What structures point to: held as long as the session, whatever the collector thinks. */
  readonly #pointedTo: Uint8Array[] = [];

  constructor(module: Cryptoki, place: TokenKeyPlace, handle: bigint) {
    this.#module = module;
    this.#place = place;
    this.handle = handle;
  }

  crypt(verb: TokenUse['verb'], { iv, aad, input }: GcmCall): Buffer {
    const key = this.#findKey();
    // CK_GCM_PARAMS: IV, its bytes and bits; AAD and its bytes; bits of the tag.
    const parameters = this.#structure(iv, iv.length, iv.length * 8, aad, aad.length, 128);
    const mechanism = this.#structure(mechanismAesGcm, parameters, parameters.length);
    const begun = this.#module.call(`C_${verb}Init`, this.handle, mechanism, key);
    if (begun !== 0) throw refused(this.#place, `${verb.toLowerCase()} with its key`, begun);
    const output = Buffer.alloc(input.length + 64);
    const length = number(output.length);
    const code = this.#module.call(`C_${verb}`, this.handle, input, input.length, output, length);
    if (code !== 0)
      throw verb === 'Decrypt' && isOfData(code)
        ? damaged()
        : refused(this.#place, verb.toLowerCase(), code);
    return output.subarray(0, Number(length.readBigUInt64LE()));
  }

  #findKey(): bigint {
    const { object, id } = this.#place;
    const wanted: (readonly [number, Uint8Array])[] = [
      [attributeClass, number(classSecretKey)],
      [attributeKeyType, number(keyTypeAes)],
      ...(object === undefined ? [] : [[attributeLabel, Buffer.from(object, 'utf8')] as const]),
      ...(id === undefined ? [] : [[attributeId, Buffer.from(id, 'hex')] as const]),
    ];
    const template = Buffer.concat(
      wanted.map(([type, value]) => this.#structure(type, value, value.length)),
    );
    const begun = this.#module.call('C_FindObjectsInit', this.handle, template, wanted.length);
    if (begun !== 0) throw refused(this.#place, 'look for the key', begun);
    const found = Buffer.alloc(16);
    const count = number();
    const code = this.#module.call('C_FindObjects', this.handle, found, 2, count);
    this.#module.call('C_FindObjectsFinal', this.handle);
    if (code !== 0) throw refused(this.#place, 'look for the key', code);
    const keys = Number(count.readBigUInt64LE());
    if (keys === 1) return found.readBigUInt64LE();
    throw new Fault(
      'failed',
      keys === 0
        ? `${named(this.#place)} has no such AES key: make one (OPERATING.md says how), or name it by object and id in --keeper.`
        : `${named(this.#place)} has several such AES keys: name one by object and id in --keeper.`,
    );
  }

  /** Words of 8 bytes: numbers, and the addresses of bytes. */
  #structure(...words: readonly (number | Uint8Array)[]): Buffer {
    const bytes = Buffer.alloc(8 * words.length);
    for (const [index, word] of words.entries()) {
      const value = typeof word === 'number' ? BigInt(word) : this.#module.address(word);
      if (typeof word !== 'number') this.#pointedTo.push(word);
      bytes.writeBigUInt64LE(value, 8 * index);
    }
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#module.call('C_CloseSession', this.handle);
  }
}

const attributeClass = 0x00;
const attributeLabel = 0x03;
const attributeKeyType = 0x100;
const attributeId = 0x102;
const classSecretKey = 4;
const keyTypeAes = 0x1f;
const mechanismAesGcm = 0x1087;

/** A CK_ULONG in memory. */
function number(value = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** Modules say in different ways that a tag does not fit. */
const isOfData = (code: ReturnValue): boolean =>
  [0x05, 0x06, 0x20, 0x21, 0x40, 0x41, 0x42].includes(code);

const named = ({ token, serial, slotId, modulePath }: TokenKeyPlace): string =>
  `The token ${token ?? serial ?? `in slot ${slotId}`} of ${modulePath}`;

function unreachable(place: TokenKeyPlace, why: string): Fault {
  return new Fault(
    'unavailable',
    `${named(place)} cannot be reached (${why}): check that it is plugged in and its service runs.`,
  );
}

const mends: Readonly<Record<string, string>> = {
  CKR_PIN_INCORRECT:
    'give the right PIN (COFFER_PKCS11_PIN or pin-source), this one is not tried again before a restart: several wrong ones lock the token',
  CKR_PIN_LEN_RANGE: 'give the right PIN (COFFER_PKCS11_PIN or pin-source)',
  CKR_PIN_EXPIRED: 'set a new PIN',
  CKR_PIN_LOCKED: 'the token is locked: its security officer must unlock it',
  CKR_USER_PIN_NOT_INITIALIZED: 'initialise the user PIN of the token',
  CKR_KEY_FUNCTION_NOT_PERMITTED: 'the key must allow encrypt and decrypt',
  CKR_MECHANISM_INVALID: 'the token must have CKM_AES_GCM',
};

const away = new Set(['CKR_DEVICE_ERROR', 'CKR_DEVICE_REMOVED', 'CKR_TOKEN_NOT_PRESENT']);

function refused(place: TokenKeyPlace, what: string, code: ReturnValue): Fault {
  const name = codeName(code);
  if (away.has(name)) return unreachable(place, name);
  const mend = mends[name] ?? 'see the log of its module';
  return new Fault('failed', `${named(place)} does not ${what} (${name}): ${mend}.`);
}
