import type { ClientKey, KeptResponse, Usage } from '@airs-cp/events'
import { type JsonObject, namedResponses } from '@airs-cp/providers'
import type { Exchange, Measured, ProviderResponse, Target, Understood } from '../exchange.ts'
import type { KeptResponseStore } from './kept-response-store.ts'
import { Refusal } from './refusal.ts'

/** A request that was admitted. */
type Asked = Pick<Understood, 'format' | 'json' | 'documents'> & {
  exchange: Exchange
  key: ClientKey | undefined
  targets: readonly Target[]
}

/**
 * Responses that a provider keeps under their ids: they belong to the caller that made them, and what they cost is
 * charged once, when it is known.
 *
 * | request                                      | response                    | charged                                    |
 * |----------------------------------------------|-----------------------------|--------------------------------------------|
 * | makes one                                    | with usage                  | the usage; nothing later                   |
 * | makes one in the background                  | `queued` or `in_progress`   | nothing yet                                |
 * | the same as a stream that the client leaves  | cut                         | what came; the rest later                  |
 * | fetches one                                  | pending                     | nothing yet                                |
 * | fetches one for the first time               | with usage                  | the usage, less what was charged before    |
 * | fetches one that is charged                  | with usage                  | nothing                                    |
 */
export type KeptResponses = {
  /**
   * Where the server's credential is used, the provider cannot distinguish callers.
   * @throws Refusal 404 for a response of somebody else, and for one that nobody knows where a client key is used; 503 while nobody can say.
   * On routes that have no responses of their own (batches, unknown ones), one that nobody knows passes.
   */
  admit<Request extends Asked>(asked: Request): Request | Promise<Request>
  /** What counts of a response, noted for later. */
  settle(asked: Asked, received: ProviderResponse, measuring: Promise<Measured>): Promise<Measured>
}

export function createKeptResponses(store: KeptResponseStore): KeptResponses {
  async function refuseForeign(
    ids: readonly string[],
    { exchange, key, format: { keptResponses } }: Asked,
  ): Promise<void> {
    for (const id of ids) {
      const kept = await store.find(id)
      if (kept === 'unavailable') throw unavailable()
      if (kept ? !isOwner(kept, exchange) : keptResponses && key !== undefined) throw notFound(id)
    }
  }

  async function noteMade(asked: Asked, id: string, measured: Measured): Promise<Measured> {
    const { exchange, format, json } = asked
    const { usage, cost } = measured
    const isSettled = !format.keptResponses!.isBackground(json ?? {}) || usage?.estimated === false
    await store.put(id, {
      tenant: exchange.tenant,
      ...(exchange.caller !== undefined && { caller: exchange.caller }),
      isSettled,
      paid: paidOf(usage, cost?.usdMicros),
    })
    return measured
  }

  async function chargeFetched(id: string, measured: Measured): Promise<Measured> {
    const { usage, cost } = measured
    const kept = usage && (await store.claim(id, paidOf(usage, cost?.usdMicros)))
    if (!usage || !kept) return { ...measured, usage: undefined, cost: undefined }
    const { paid } = kept
    const rest = {
      ...usage,
      inputTokens: less(usage.inputTokens, paid.inputTokens),
      outputTokens: less(usage.outputTokens, paid.outputTokens),
    }
    const owed = cost && { ...cost, usdMicros: Math.max(0, cost.usdMicros - paid.usdMicros) }
    return { ...measured, usage: rest, cost: owed }
  }

  return {
    admit(asked) {
      const { path } = asked.exchange.route
      const ids = asked.format.keptResponses?.asked(path, asked.json) ?? namedResponses(path, bodiesOf(asked))
      if (ids.length === 0 || !usesServerCredential(asked)) return asked
      return refuseForeign(ids, asked).then(() => asked)
    },
    async settle(asked, { request: { format } }, measuring) {
      const measured = await measuring
      const { keptResponses: kept } = format
      const { exchange, json, key } = asked
      if (!kept) return measured
      if (!format.generatesText) {
        const [id] = kept.asked(exchange.route.path, undefined)
        return id === undefined ? measured : chargeFetched(id, measured)
      }
      const { responseId } = measured
      const isKept = responseId !== undefined && json !== undefined && kept.isKept(json)
      if (!isKept || !(key || usesServerCredential(asked))) return measured
      return noteMade(asked, responseId, measured)
    },
  }
}

function bodiesOf({ json, documents }: Asked): JsonObject[] {
  const parts = (documents ?? []).flatMap((one) => (one.content === 'json' ? [one.json] : []))
  return [...(json ? [json] : []), ...parts].filter((body) => typeof body === 'object' && body !== null)
}

function usesServerCredential({ targets }: Asked): boolean {
  return targets.some(({ provider }) => provider.config.apiKey !== undefined)
}

function isOwner({ tenant, caller }: KeptResponse, exchange: Exchange): boolean {
  return tenant === exchange.tenant && caller === exchange.caller
}

function paidOf(usage: Usage | undefined, usdMicros = 0): KeptResponse['paid'] {
  return { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0, usdMicros }
}

function less(count: number | undefined, paid: number): number | undefined {
  return count === undefined ? undefined : Math.max(0, count - paid)
}

/** In the words that OpenAI has for a response that is not there. */
function notFound(id: string): Refusal {
  return new Refusal(404, 'response_not_found', `Response with id '${id.slice(0, 128)}' not found.`)
}

function unavailable(): Refusal {
  return new Refusal(
    503,
    'responses_unavailable',
    'Whose this response is cannot be looked up now; try again later',
    null,
    1,
  )
}
