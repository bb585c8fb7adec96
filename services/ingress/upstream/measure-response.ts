import type { RecordedBody, Usage } from '@airs-cp/events'
import {
  estimateInputTokens,
  estimateTokens,
  type JsonObject,
  parseBytes,
  type ReadTexts,
  readRequestTexts,
  readResponseTexts,
  type WireFormat,
} from '@airs-cp/providers'
import { yieldAfter } from '../admission/read-body.ts'
import type { Measured, ProviderResponse, Relayed, Understood } from '../exchange.ts'
import { costOf } from '../routing/price-of.ts'
import { reportsError } from './reports-error.ts'

/**
 * Reads a response for what is counted and paid. A stream was followed on its way; any other is parsed where it is short.
 * @param read the texts of a request whose body is no JSON.
 */
export async function measureResponse(
  { request: { format, target }, relayed, body }: ProviderResponse,
  asked: Understood,
  read: ReadTexts,
): Promise<Measured> {
  const { whole, short } = relayed
  if (whole) await yieldAfter(whole)
  const { follower } = relayed
  const response = follower ? undefined : (parseResponse(whole ?? short) ?? relayed.outline?.result())
  if (whole) await yieldAfter(whole)
  const model = follower?.model() ?? modelOf(response) ?? asked.facts.model
  const isError = relayed.reportsError || reportsError(response)
  const kept = format.keptResponses
  const isPending = response !== undefined && kept?.isPending(response) === true
  const usage = isPending
    ? undefined
    : usageOf(format, { ...relayed, reportsError: isError }, body, response, () =>
        asked.json ? readRequestTexts(asked.format, asked.json) : read,
      )
  return {
    model,
    usage,
    cost: usage && costOf(target.provider.config, [model, target.model ?? asked.facts.model], usage),
    finishReasons: follower ? follower.finishReasons() : response && format.finishReasons(response),
    reportsError: isError,
    ...(kept && { responseId: follower ? follower.id?.() : response && kept.idOf(response) }),
  }
}

/** Rough, for responses that came without usage and cannot be looked at: too long, or nested too deep. */
const bytesPerToken = 4

/**
 * The provider's usage. Where it reported none, or the response broke off before it could report all, tokens are counted: those
 * of a broken response as far as it came, so that leaving early is not a way around limits and budgets.
 */
function usageOf(
  format: WireFormat,
  { end, status, follower, counter, guard, reportsError }: Relayed,
  body: RecordedBody,
  response: JsonObject | undefined,
  requestTexts: () => ReadTexts,
): Usage | undefined {
  const reported = follower ? follower.usage() : response && format.usage(response)
  const isWhole = end === 'complete' && guard?.blockedMessage() === undefined
  if (reported && !reported.refused && (isWhole || !counter)) return reported
  const uncounted = reported?.refused ? reported : undefined
  if (!format.generatesText || status === undefined || status >= 400) return uncounted
  if (!counter && (!response || reportsError)) return uncounted
  const counted = counter
    ? counter.tokens()
    : ((body.text === undefined ? undefined : estimatedTokens(format, response ?? {})) ??
      Math.ceil(body.bytes / bytesPerToken))
  return {
    ...reported,
    inputTokens: reported?.inputTokens ?? estimateInputTokens(conversationOf(requestTexts())),
    outputTokens: Math.max(reported?.outputTokens ?? 0, counted),
    estimated: true,
  }
}

/** Undefined where the response cannot be read through, such as one that nests too deep. */
function estimatedTokens(format: WireFormat, response: JsonObject): number | undefined {
  try {
    return estimateTokens(conversationOf(readResponseTexts(format, response)).map(({ text }) => text))
  } catch {
    return undefined
  }
}

/** The JSON of a response that is here in one piece; some servers keep its connection alive with space before it. */
function parseResponse(bytes: Buffer | undefined): JsonObject | undefined {
  return bytes?.find((byte) => byte > 0x20) === openingBrace ? parseBytes(bytes) : undefined
}

const openingBrace = 0x7b

function modelOf(response: JsonObject | undefined): string | undefined {
  return typeof response?.model === 'string' ? response.model : undefined
}

/** What a model reads or writes, without names and ids around it. */
function conversationOf({ texts }: ReadTexts): ReadTexts['texts'] {
  return texts.filter(({ kind }) => kind !== 'unknown')
}
