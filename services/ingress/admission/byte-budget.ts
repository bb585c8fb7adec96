/**
 * How many bytes of bodies may be in memory at once, over all exchanges of this process.
 *
 * One exchange is bounded by its own limit; without this, as many exchanges as there are connections could each hold as
 * much. A body takes what has arrived of it. Clients that have not been identified share a part of the budget, so that
 * strangers leave room for those who are known.
 */
export type ByteBudget = {
  open(isKnown: boolean): ByteLease
  usedBytes(): number
}

export type ByteLease = {
  /** Makes the lease hold `bytes` in all; false, and unchanged, where there is no room for them. */
  hold(bytes: number): boolean
  /** From now on the client is known: what it holds no longer counts as a stranger's. */
  know(): void
  release(): void
}

/** @param strangersBytes of the limit, for clients that are not identified. */
export function createByteBudget(limitBytes: number, strangersBytes: number): ByteBudget {
  let used = 0
  let usedByStrangers = 0
  return {
    usedBytes: () => used,
    open(isKnown) {
      let held = 0
      let isStranger = !isKnown
      return {
        hold(bytes) {
          const more = bytes - held
          if (more > 0 && used + more > limitBytes) return false
          if (more > 0 && isStranger && usedByStrangers + more > strangersBytes) return false
          used += more
          if (isStranger) usedByStrangers += more
          held = bytes
          return true
        },
        know() {
          if (isStranger) usedByStrangers -= held
          isStranger = false
        },
        release() {
          used -= held
          if (isStranger) usedByStrangers -= held
          held = 0
        },
      }
    },
  }
}
