import { type ClientKey, type KeyLimits, periodAt, type Usage } from '@airs-cp/events'
import { matchesGlob } from '@airs-cp/policy-engine'
import type { ClientKeys } from '../controls/key-index.ts'
import type { KeyUsage } from '../controls/key-usage.ts'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

export function allowsModel({ limits }: ClientKey, model: string): boolean {
  return limits.models === undefined || limits.models.some((glob) => matchesGlob(glob, model))
}

/** Whether the credential was generated here: it then means nothing to any provider and must not go to one. */
export function isGenerated(key: ClientKey): boolean {
  return 'sha256' in key.match
}

export type KeyRequest = {
  model: string | undefined
  /** Those that the request names besides, and that may respond as well. */
  otherModels?: readonly string[]
  providers: string[]
  /** It asks no model: for the list of models, of which the key sees those that it may use, or for a response that was made. */
  needsNoModel?: boolean
  /** What it will cost is not known, so that no budget can be held to. */
  isUnpriced?: boolean
}

export type KeyAccounts = {
  /** Counts a request. @throws Refusal when the key may not make it. */
  admit(key: ClientKey, request: KeyRequest): void
  /** Tokens are charged when they are known, so a key may go over its limit by the exchanges under way, and then waits. */
  charge(key: ClientKey, usage: Usage | undefined, costUsdMicros: number | undefined): void
}

/** Holds keys to what they may use. */
export function createKeyAccounts(used: KeyUsage): KeyAccounts {
  return {
    admit(key, { model, otherModels = [], providers, needsNoModel, isUnpriced }) {
      const { name, limits } = key
      if (limits.expiresAt !== undefined && Date.parse(limits.expiresAt) <= Date.now())
        throw new Refusal(
          401,
          'key_expired',
          `Key "${name}" has expired; its operator can extend it (airs keys edit) or make a new one`,
        )
      if (limits.models && !needsNoModel && (model === undefined || !allowsModel(key, model)))
        throw forbidden('model_not_allowed', name, `model ${model ?? '(none)'}`, limits.models)
      const other = otherModels.find((one) => !allowsModel(key, one))
      if (other !== undefined && limits.models)
        throw forbidden('model_not_allowed', name, `model ${other.slice(0, 256)}`, limits.models)
      const provider = providers.find((one) => limits.providers && !limits.providers.includes(one))
      if (provider !== undefined)
        throw forbidden('provider_not_allowed', name, `provider ${provider}`, limits.providers!)
      if (limits.budgetUsdMicros !== undefined && isUnpriced)
        throw new Refusal(
          403,
          'model_without_price',
          model === undefined
            ? `Key "${name}" has a budget, and what this request costs is not known here: it names no model`
            : `Key "${name}" has a budget, and what model ${model} costs is not known here; give its price in the providers file (prices)`,
        )
      const left = used.left(key)
      if (limits.budgetUsdMicros !== undefined && used.spentUsdMicros(key) >= limits.budgetUsdMicros)
        throw usedUp(name, limits)
      if (limits.tokensPerMinute !== undefined && left.tokens <= 0)
        throw tooMany(name, 'token', -left.tokens, limits.tokensPerMinute)
      if (limits.requestsPerMinute !== undefined && left.requests < 1)
        throw tooMany(name, 'request', 1 - left.requests, limits.requestsPerMinute)
      if (limits.requestsPerMinute !== undefined) used.use(key, { requests: 1 })
    },
    charge(key, usage, usdMicros = 0) {
      const tokens = (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0)
      if (tokens > 0 || usdMicros > 0) used.use(key, { tokens, usdMicros })
    },
  }
}

/**
 * The client key of a request; undefined where none is needed.
 * @param requiresKey a provider that may be asked has a credential of the server's own, and the ingress is not open.
 * @throws Refusal 401 when a key is needed and there is none that is known.
 */
export function identifyKey(
  keys: ClientKeys | undefined,
  credential: string | undefined,
  exchange: Exchange,
  requiresKey: boolean,
): ClientKey | undefined {
  const key = keys?.find(credential, exchange.credential?.fingerprint)
  if (key || !requiresKey) return key
  throw unknownKey(exchange)
}

export function unknownKey(exchange: Exchange): Refusal {
  return new Refusal(
    401,
    'invalid_api_key',
    exchange.credential === undefined
      ? 'No key was sent, and this gateway needs one. Ask its operator for a client key (airs keys create NAME), and send it as the API key or in X-AIRS-Key'
      : `This key is not known here. Make one with: airs keys create NAME; or admit this one: airs keys create NAME --for-existing ${exchange.id}`,
  )
}

/** A client key that was made here and is not in force means nothing to any provider, and must not go to one. */
export function keyNotInForce(): Refusal {
  return new Refusal(
    401,
    'invalid_api_key',
    'This client key is not in force here: it was revoked, or another one has taken its place. Ask the operator of this gateway for a new one (airs keys create NAME)',
  )
}

function forbidden(code: string, name: string, what: string, allowed: KeyLimits['models'] & {}): Refusal {
  return new Refusal(403, code, `Key "${name}" may not use ${what}; it may use: ${allowed.join(', ')}`)
}

/** Clients retry after the header; a budget without a period does not renew. */
function usedUp(name: string, { budgetPeriod = 'total' }: KeyLimits): Refusal {
  const { untilMs } = periodAt(budgetPeriod, Date.now())
  if (!Number.isFinite(untilMs))
    return new Refusal(
      429,
      'insufficient_quota',
      `Key "${name}" has used up its budget, which does not renew; its operator can raise it (airs keys edit)`,
    )
  return new Refusal(
    429,
    'insufficient_quota',
    `Key "${name}" has used up its budget of this ${budgetPeriod}, which renews at ${new Date(untilMs).toISOString()}`,
    null,
    Math.max(1, Math.ceil((untilMs - Date.now()) / 1_000)),
  )
}

function tooMany(name: string, what: string, missing: number, perMinute: number): Refusal {
  const waitSeconds = Math.max(1, Math.ceil((missing / perMinute) * 60))
  return new Refusal(
    429,
    'rate_limit_exceeded',
    `Key "${name}" is at its limit of ${perMinute} ${what}${perMinute === 1 ? '' : 's'} per minute; try again in ${waitSeconds} s`,
    null,
    waitSeconds,
  )
}
