import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { Refusal } from '../admission/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { McpAuthorization } from './server-settings.ts'

/** Who a token says that its bearer is. */
export type TokenIdentity = { issuer: string; user: string; agent: string | undefined; tags: string[] }

/** @throws Refusal 401 `invalid_token`, 403 `insufficient_scope`, or 503 where the issuer's keys cannot be had. */
export type VerifyToken = (token: string, resource: string) => Promise<TokenIdentity>

const mostCharacters = 256
const mostTags = 31
const fetchMs = 5_000

/** The token of `Authorization: Bearer`, where it has the form of a signed JWT; client keys have another. */
export function bearerToken({
  headers: { authorization },
}: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
}

/** Checks tokens by the public keys of the issuer, which are fetched when they are first needed, and again when a new one signs. */
export function createTokenVerifier(settings: McpAuthorization): VerifyToken {
  const { issuer, jwksUrl, audience, algorithms, clockSkewSeconds, scopes } = settings
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: fetchMs })
  return async (token, resource) => {
    const { payload } = await jwtVerify(token, keys, {
      ...{ issuer, algorithms: [...algorithms], audience: audience ?? resource },
      clockTolerance: clockSkewSeconds,
      requiredClaims: ['exp'],
    }).catch((error) => {
      throw refusalOf(error)
    })
    const missing = scopes.filter((scope) => !scopesOf(payload).includes(scope))
    if (missing.length > 0)
      throw new Refusal(403, 'insufficient_scope', `The token lacks the scope ${missing.join(' ')}`)
    return identityOf(payload, settings)
  }
}

/** @throws Refusal where it names nobody. */
export function identityOf(
  payload: JWTPayload,
  { issuer, claims }: Pick<McpAuthorization, 'issuer' | 'claims'>,
): TokenIdentity {
  const text = (claim: string | undefined) => {
    const value = claim === undefined ? undefined : payload[claim]
    return typeof value === 'string' && value !== '' ? value.slice(0, mostCharacters) : undefined
  }
  const user = text(claims.user)
  if (user === undefined)
    throw new Refusal(401, 'invalid_token', `The token names nobody: it has no claim "${claims.user}"`)
  const listed = claims.tags === undefined ? undefined : payload[claims.tags]
  const tags = (Array.isArray(listed) ? listed : typeof listed === 'string' ? listed.split(/[ ,]+/) : [])
    .filter((tag): tag is string => typeof tag === 'string' && tag !== '')
    .map((tag) => tag.slice(0, mostCharacters))
    .slice(0, mostTags)
  return { issuer, user, agent: text(claims.agent), tags }
}

/**
 * What the token says holds, whatever the headers of the client say. Sessions belong to the user, however often the token
 * is renewed.
 */
export function identifyByToken(exchange: Exchange, identity: TokenIdentity, fingerprintKey: string): void {
  const { issuer, user, agent, tags } = identity
  const fingerprint = createHmac('sha256', fingerprintKey)
    .update(JSON.stringify([issuer, user]))
    .digest('hex')
    .slice(0, 32)
  exchange.credential = { scheme: 'bearer', fingerprint }
  exchange.caller = `credential:${fingerprint}`
  exchange.tags = [...tags, `user:${user}`]
  if (agent !== undefined) exchange.agent = agent
  exchange.verified = [...(agent !== undefined ? (['agent'] as const) : []), 'tags']
}

function scopesOf({ scope, scp }: JWTPayload): string[] {
  const listed = scope ?? scp
  if (Array.isArray(listed)) return listed.map(String)
  return typeof listed === 'string' ? listed.split(' ') : []
}

function refusalOf(error: unknown): Refusal {
  const invalid = (message: string) => new Refusal(401, 'invalid_token', message)
  if (error instanceof errors.JWTExpired) return invalid('The token has expired')
  if (error instanceof errors.JWTClaimValidationFailed)
    return invalid(`The claim "${error.claim}" of the token is missing, or is another than is asked for`)
  if (error instanceof errors.JOSEAlgNotAllowed)
    return invalid('The token is signed by an algorithm that is not accepted')
  if (error instanceof errors.JWKSNoMatchingKey) return invalid('No key of the issuer has signed the token')
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return invalid('The signature of the token is wrong')
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return invalid('This is no signed token (JWT)')
  const refusal = new Refusal(
    503,
    'issuer_unavailable',
    'The keys of the issuer cannot be fetched (authorization.jwksUrl), so that no token can be checked',
  )
  refusal.cause = error
  return refusal
}
