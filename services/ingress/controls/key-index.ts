import { type ClientKey, type ClientKeySet, sha256Hex } from '@airs-cp/events'
import type { Spending } from './spending.ts'

/** The keys in force, found by the credential that a client presents. */
export type ClientKeys = {
  find(credential: string | undefined, fingerprint: string | undefined): ClientKey | undefined
  /** By its id. */
  get(keyId: string): ClientKey | undefined
  count: number
}

type Found = { key: ClientKey; untilMs: number }

export function indexKeys(keys: readonly ClientKey[], nowMs: () => number = Date.now): ClientKeys {
  const byDigest = new Map<string, Found>()
  const byId = new Map(keys.map((key) => [key.keyId, key]))
  for (const key of keys) {
    // What stands for a key now comes before what stood for one.
    for (const { match, until } of key.former ?? [])
      if (!byDigest.has(digestOf(match))) byDigest.set(digestOf(match), { key, untilMs: Date.parse(until) })
    byDigest.set(digestOf(key.match), { key, untilMs: Number.POSITIVE_INFINITY })
  }
  const findBy = (digest: string | undefined): ClientKey | undefined => {
    const found = digest === undefined ? undefined : byDigest.get(digest)
    return found && found.untilMs > nowMs() ? found.key : undefined
  }
  return {
    count: keys.length,
    get: (keyId) => byId.get(keyId),
    find(credential, fingerprint) {
      if (credential === undefined || byDigest.size === 0) return undefined
      return findBy(sha256Hex(credential)) ?? findBy(fingerprint)
    },
  }
}

/** A key as it is kept on disk, with what it has spent. */
export function keptKey(key: ClientKey, spending: Spending): ClientKeySet['keys'][number] {
  const { usdMicros = 0, period = 'total', sinceMs = 0 } = spending.find(key.keyId) ?? {}
  return {
    ...key,
    spentUsdMicros: usdMicros,
    ...(period !== 'total' && { spentSince: new Date(sinceMs).toISOString() }),
  }
}

function digestOf(match: ClientKey['match']): string {
  return 'sha256' in match ? match.sha256 : match.fingerprint
}
