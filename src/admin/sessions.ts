/**
 * Who is signed in to the console. Sessions live in the primary's memory and nowhere else: a restart
 * signs everybody out. A token is 32 random bytes; only its SHA-256 is kept. A session names an access
 * key and remembers a proof of its credential, so that a key which was disabled, deleted or made anew
 * ends it on the next request: the store is read each time, nothing of a permission is kept.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Credential } from '../access/credentials.ts';
import type { RootIdentity, UserIdentity } from '../access/identity.ts';
import type { Clock } from '../base/time.ts';

export const sessionLimits = {
  /** Without a request for so long, a session ends. */
  idleMsMax: 30 * 60_000,
  /** A session ends then whatever is done. */
  ageMsMax: 12 * 60 * 60_000,
  /** Of all identities; beyond it, the one that was used longest ago makes room. */
  sessionsMax: 1_000,
  sessionsPerIdentityMax: 20,
} as const;

export interface Session {
  readonly accessKeyId: string;
  /** When it ends whatever is done. */
  readonly expiresAt: Date;
}

interface Held extends Session {
  readonly owner: string;
  readonly proof: Buffer;
  usedAt: number;
}

export class Sessions {
  readonly #clock: Clock;
  /** By the token's digest, in order of their last use. */
  readonly #held = new Map<string, Held>();
  /** What proofs are made with: memory that leaks tells nothing of a secret key. */
  readonly #key = randomBytes(32);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Signs in who proved to hold the credential; gives the token of the cookie. */
  open(credential: Credential): { readonly token: string; readonly session: Session } {
    const now = this.#clock().getTime();
    const owner = ownerOf(credential.identity);
    this.#makeRoom(owner, now);
    const token = randomBytes(tokenBytes).toString('base64url');
    const session: Held = {
      accessKeyId: credential.accessKeyId,
      expiresAt: new Date(now + sessionLimits.ageMsMax),
      owner,
      proof: this.#proofOf(credential),
      usedAt: now,
    };
    this.#held.set(digestOf(token), session);
    return { token, session };
  }

  /** The session of a token, unless it has ended. `use`: it is not idle now. */
  find(token: string, use: boolean): Session | undefined {
    const digest = digestOf(token);
    const session = this.#held.get(digest);
    if (session === undefined) return undefined;
    const now = this.#clock().getTime();
    if (hasEnded(session, now)) {
      this.#held.delete(digest);
      return undefined;
    }
    if (use) {
      session.usedAt = now;
      this.#held.delete(digest);
      this.#held.set(digest, session);
    }
    return session;
  }

  /** Whether the credential, as the store has it now, is the one that signed in. */
  isOf(session: Session, credential: Credential | undefined): boolean {
    if (credential === undefined || !credential.enabled) return false;
    return timingSafeEqual((session as Held).proof, this.#proofOf(credential));
  }

  end(token: string): void {
    this.#held.delete(digestOf(token));
  }

  /** Ends every session of an identity, whichever of its access keys signed in. */
  endAll(identity: RootIdentity | UserIdentity): void {
    const owner = ownerOf(identity);
    for (const [digest, session] of this.#held) {
      if (session.owner === owner) this.#held.delete(digest);
    }
  }

  #makeRoom(owner: string, now: number): void {
    const own: string[] = [];
    for (const [digest, session] of this.#held) {
      if (hasEnded(session, now)) this.#held.delete(digest);
      else if (session.owner === owner) own.push(digest);
    }
    const { sessionsMax, sessionsPerIdentityMax } = sessionLimits;
    for (const digest of own.slice(0, Math.max(0, own.length - sessionsPerIdentityMax + 1))) {
      this.#held.delete(digest);
    }
    for (const digest of this.#held.keys()) {
      if (this.#held.size < sessionsMax) return;
      this.#held.delete(digest);
    }
  }

  #proofOf({ accessKeyId, secretKey, createdAt, identity }: Credential): Buffer {
    const said = JSON.stringify([accessKeyId, secretKey, createdAt.getTime(), ownerOf(identity)]);
    return createHmac('sha256', this.#key).update(said).digest();
  }
}

const tokenBytes = 32;

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');

function hasEnded({ usedAt, expiresAt }: Held, now: number): boolean {
  return now >= expiresAt.getTime() || now - usedAt >= sessionLimits.idleMsMax;
}

/** A user's id is never given again, a name may be. */
function ownerOf(identity: RootIdentity | UserIdentity): string {
  const { account } = identity;
  return identity.kind === 'root' ? `${account.id}/` : `${account.id}/${identity.userId}`;
}
