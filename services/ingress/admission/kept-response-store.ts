import { type Bus, findEntry, putEntry, replaceEntry } from '@airs-cp/bus'
import { buckets, type KeptResponse, keptResponseSchema, sha256Hex } from '@airs-cp/events'
import type { Trouble } from '@airs-cp/runtime'

/** Whose the responses are that providers keep, for all ingresses. */
export type KeptResponseStore = {
  /** Undefined where nobody knows it. */
  find(id: string): Promise<KeptResponse | undefined | 'unavailable'>
  /** Notes one. Without NATS this ingress alone knows it. */
  put(id: string, kept: KeptResponse): Promise<void>
  /** Settles one that is not settled: of many who try, one succeeds. @returns it as it was; undefined for all others. */
  claim(id: string, paid: KeptResponse['paid']): Promise<KeptResponse | undefined>
}

const mostRemembered = 10_000
const patienceMs = 1_000

/** @param connected undefined while there is no connection to NATS. */
export function createKeptResponseStore(
  connected: () => Bus | undefined,
  trouble: Trouble,
): KeptResponseStore {
  /** What this ingress has noted itself, for as long as NATS is unavailable. */
  const remembered = new Map<string, KeptResponse>()
  const nameOf = (id: string) => sha256Hex(id).slice(0, 32)

  function remember(id: string, kept: KeptResponse): void {
    remembered.delete(id)
    remembered.set(id, kept)
    if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value!)
  }

  /** @returns `failed` where NATS does not respond. */
  async function ask<Result>(work: (bus: Bus) => Promise<Result>): Promise<Result | 'failed'> {
    const bus = connected()
    if (!bus) return 'failed'
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('NATS has not responded in time')), patienceMs)
    })
    try {
      const result = await Promise.race([work(bus), late])
      trouble.worked()
      return result
    } catch (error) {
      trouble.failed(error)
      return 'failed'
    } finally {
      clearTimeout(timer)
    }
  }

  async function read(bus: Bus, id: string): Promise<{ kept: KeptResponse; revision: number } | undefined> {
    const found = await findEntry(bus, buckets.responses, nameOf(id))
    return found && { kept: keptResponseSchema.parse(found.value), revision: found.revision }
  }

  return {
    async find(id) {
      const own = remembered.get(id)
      if (own) return own
      const found = await ask((bus) => read(bus, id))
      return found === 'failed' ? 'unavailable' : found?.kept
    },
    async put(id, kept) {
      remember(id, kept)
      await ask((bus) => putEntry(bus, buckets.responses, nameOf(id), kept))
    },
    async claim(id, paid) {
      const claimed = await ask(async (bus) => {
        const found = await read(bus, id)
        if (!found) return 'unknown'
        if (found.kept.isSettled) return undefined
        const settled = { ...found.kept, isSettled: true, paid }
        const isOurs = await replaceEntry(bus, buckets.responses, nameOf(id), settled, found.revision)
        return isOurs ? found.kept : undefined
      })
      const own = remembered.get(id)
      if (own) remember(id, { ...own, isSettled: true, paid })
      if (claimed !== 'failed' && claimed !== 'unknown') return claimed
      return own?.isSettled === false ? own : undefined
    },
  }
}
