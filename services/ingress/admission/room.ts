import type { Exchange } from '../exchange.ts'
import { type ByteLease, createByteBudget } from './byte-budget.ts'
import { createExchangeLimits } from './exchange-limits.ts'
import { mostHeldPerByte } from './read-body.ts'

/** What one exchange takes of what all of them share. */
export type Place = {
  /** For the bytes of its body. */
  lease: ByteLease
  /**
   * @param address of the client, for one that presents no credential.
   * @throws Refusal where this client, or all together, have too many exchanges under way.
   */
  enter(exchange: Exchange, address: string | undefined): void
  /** Gives all of that back. */
  leave(): void
}

/** Of the process: all that serve requests in it share one. */
export type Room = {
  /** Opens a place for an exchange; clients that are not known share a part of the bytes. */
  open(isKnown: boolean): Place
}

export function createRoom(limits: {
  maxBodyBytes: number
  maxBytesInFlight: number
  maxExchanges: { total: number; perClient: number }
}): Room {
  const { maxBytesInFlight, maxBodyBytes } = limits
  // One of the largest must find room.
  const ofStrangers = Math.max(maxBytesInFlight / 4, mostHeldPerByte * maxBodyBytes)
  const budget = createByteBudget(maxBytesInFlight, ofStrangers)
  const exchanges = createExchangeLimits(limits.maxExchanges)
  return {
    open(isKnown) {
      const lease = budget.open(isKnown)
      let end: (() => void) | undefined
      return {
        lease,
        enter(exchange, address) {
          end = exchanges.enter(exchange, address)
        },
        leave() {
          end?.()
          lease.release()
        },
      }
    },
  }
}
