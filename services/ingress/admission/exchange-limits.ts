import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/** How many exchanges may be under way at once. */
export type ExchangeLimits = {
  /**
   * @param address of the client, for one that presents no credential.
   * @returns ends it; call it once.
   * @throws Refusal 429 where this client has too many under way, 503 where all clients together have.
   */
  enter(exchange: Pick<Exchange, 'credential'>, address: string | undefined): () => void
}

export function createExchangeLimits({
  total,
  perClient,
}: {
  total: number
  perClient: number
}): ExchangeLimits {
  const underWay = new Map<string, number>()
  let all = 0
  return {
    enter({ credential }, address) {
      const client = credential ? `credential ${credential.fingerprint}` : `address ${address ?? 'unknown'}`
      const count = underWay.get(client) ?? 0
      if (all >= total)
        throw new Refusal(
          503,
          'overloaded',
          `${total} exchanges are under way (AIRS_MAX_EXCHANGES); try again shortly`,
          null,
          1,
        )
      if (count >= perClient)
        throw new Refusal(
          429,
          'too_many_exchanges',
          `This client has ${perClient} exchanges under way (AIRS_MAX_EXCHANGES_PER_CLIENT); try again when one has ended`,
          null,
          1,
        )
      all += 1
      underWay.set(client, count + 1)
      return () => {
        all -= 1
        const left = underWay.get(client)! - 1
        if (left === 0) underWay.delete(client)
        else underWay.set(client, left)
      }
    },
  }
}
