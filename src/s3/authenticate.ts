/**
 * Who sent a request: the kind of authentication decided from the whole request, then verified
 * against the credential that the store has at this moment. Nobody's request is the anonymous
 * identity's, which only a bucket policy can let in.
 */
import { credentialFor, type Credential } from '../access/credentials.ts';
import type { Identity } from '../access/identity.ts';
import { authenticationKind } from '../access/signature/kind.ts';
import {
  parsePayloadRule,
  unsignedPayload,
  type PayloadRule,
} from '../access/signature/payload-rule.ts';
import type { SignatureChain } from '../access/signature/signing-key.ts';
import type { Authenticated, Verifier } from '../access/signature/verified.ts';
import { verifyForm } from '../access/signature/verify-form.ts';
import { verifyHeader } from '../access/signature/verify-header.ts';
import { verifyPresigned } from '../access/signature/verify-presigned.ts';
import { Refusal } from '../base/refusal.ts';
import { header, type Headers, type HttpRequest } from '../http/exchange.ts';
import type { View } from '../store/store.ts';

/** A request whose sender is known. */
export interface Sender {
  readonly identity: Identity;
  readonly signed: boolean;
  /** The headers that count. */
  readonly headers: Headers;
  readonly payload: PayloadRule;
  /** What chunk signatures follow from; undefined for the anonymous. */
  readonly chain: SignatureChain | undefined;
  /** `s3:authType`; undefined for the anonymous. */
  readonly authType: 'REST-HEADER' | 'REST-QUERY-STRING' | 'POST' | undefined;
  /** Milliseconds since 1970 that the signature is of. */
  readonly signedAt: number | undefined;
}

export interface Gate {
  readonly view: View;
  readonly region: string;
}

/** The sender of a request whose credentials are in its head. */
export async function authenticate(http: HttpRequest, gate: Gate): Promise<Sender> {
  const found = authenticationKind(http);
  switch (found.kind) {
    case 'header':
      return sender(await verifyHeader(http, found, verifier(gate)), 'REST-HEADER');
    case 'presigned':
      return sender(await verifyPresigned(http, found, verifier(gate)), 'REST-QUERY-STRING');
    case 'form':
    case 'anonymous':
      return anonymous(http.headers);
  }
}

/** Throws unless a browser form may be read: its credentials are fields, and only there. */
export function checkFormCredentials(http: HttpRequest): void {
  if (authenticationKind(http).kind === 'form') return;
  throw new Refusal('InvalidRequest', {
    message: 'A form is authenticated by its fields alone: send no other credentials with it.',
  });
}

/** The sender of a browser form that passed `checkFormCredentials`. */
export async function authenticateForm(
  http: HttpRequest,
  fields: Headers,
  gate: Gate,
): Promise<Sender> {
  const verified = await verifyForm(fields, http.receivedAt, verifier(gate));
  return verified === undefined
    ? { ...anonymous(fields), payload: unsignedPayload }
    : sender(verified, 'POST');
}

function verifier({ view, region }: Gate): Verifier<Credential> {
  return { region, service: 's3', credentialFor: (id) => credentialFor(view, id) };
}

function sender(
  verified: Authenticated<Credential>,
  authType: NonNullable<Sender['authType']>,
): Sender {
  return {
    identity: verified.credential.identity,
    signed: true,
    headers: verified.headers,
    payload: verified.payload,
    chain: verified.chain,
    authType,
    signedAt: verified.chain.timestamp.time,
  };
}

function anonymous(headers: Headers): Sender {
  const rule = header(headers, 'x-amz-content-sha256');
  return {
    identity: { kind: 'anonymous' },
    signed: false,
    headers,
    payload: rule === undefined ? unsignedPayload : parsePayloadRule(rule, false),
    chain: undefined,
    authType: undefined,
    signedAt: undefined,
  };
}
