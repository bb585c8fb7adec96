import { type ClientKey, type PublishedEntries, sha256Hex } from '@airs-cp/events'

/** The keys in force, found by the credential that a client presents. */
export type ClientKeys = {
  find(credential: string | undefined, fingerprint: string | undefined): ClientKey | undefined
  count: number
  /** Notes what all ingresses together have reported of a key. */
  spend(keyId: string, usdMicros: number): void
}

/** @param spent what each key has spent, by its id. */
export function indexKeys(
  entries: readonly PublishedEntries['keys'][],
  spent: ReadonlyMap<string, number>,
): ClientKeys {
  const keys = entries.map((key) => ({ ...key, spentUsdMicros: spent.get(key.keyId) ?? 0 }))
  const byDigest = new Map(
    keys.map((key) => ['sha256' in key.match ? key.match.sha256 : key.match.fingerprint, key]),
  )
  const byId = new Map(keys.map((key) => [key.keyId, key]))
  return {
    count: keys.length,
    find(credential, fingerprint) {
      if (credential === undefined || byDigest.size === 0) return undefined
      return byDigest.get(sha256Hex(credential)) ?? (fingerprint ? byDigest.get(fingerprint) : undefined)
    },
    spend(keyId, usdMicros) {
      const key = byId.get(keyId)
      if (key) key.spentUsdMicros = usdMicros
    },
  }
}
