/** For how long NATS may not respond before what is in force counts as stale. */
export const staleAfterMs = 15_000

/**
 * Whether what is in force here is what is published now.
 *
 * | state   | when                                             | what it means                                      |
 * |---------|--------------------------------------------------|----------------------------------------------------|
 * | `never` | nothing was heard since the start                | it is as it was kept on disk, or there is none     |
 * | `fresh` | heard within `staleAfterMs`                      | a change is in force here within moments           |
 * | `stale` | heard, and not since                             | changes since then are not in force here           |
 */
export type Freshness = {
  heard(): void
  state(): 'never' | 'fresh' | 'stale'
  /** Undefined for `never`. */
  ageMs(): number | undefined
}

export function createFreshness(elapsedMs: () => number = () => performance.now()): Freshness {
  let heardAtMs: number | undefined
  const ageMs = () => (heardAtMs === undefined ? undefined : elapsedMs() - heardAtMs)
  return {
    heard() {
      heardAtMs = elapsedMs()
    },
    ageMs,
    state() {
      const age = ageMs()
      if (age === undefined) return 'never'
      return age <= staleAfterMs ? 'fresh' : 'stale'
    },
  }
}
