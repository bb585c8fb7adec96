import type { IncomingMessage } from 'node:http'
import type { Attempt, RecordedBody, Usage } from '@airs-cp/events'
import {
  costUsdMicros,
  createSseParser,
  estimateUsage,
  type JsonObject,
  priceTable,
  type RequestFacts,
  type WireFormat,
} from '@airs-cp/providers'
import type { Answered } from './call-provider.ts'
import type { Exchange } from './exchange.ts'
import type { PreparedRequest } from './prepare-request.ts'
import type { ExchangeRecorder } from './recorder.ts'

/** What every opening event tells of a request. */
export function openingOf(
  exchange: Exchange,
  record: ExchangeRecorder,
  request: IncomingMessage,
  body: Buffer,
  format: WireFormat | undefined,
  { model, stream }: Pick<RequestFacts, 'model' | 'stream'>,
) {
  const { method, path, query, tags, agent, sources, credential, key } = exchange
  const mediaType = String(request.headers['content-type'] ?? 'application/json')
  return {
    request: {
      method,
      path: path + query,
      format: format?.id,
      model,
      stream,
      ...(body.length > 0 && { body: record.body(body, mediaType) }),
    },
    tags,
    agent,
    sources,
    credential,
    key,
  }
}

/** What the provider gets, where that is not what the client sent. */
export function forwardedOf({ body, changes, ignored }: PreparedRequest, record: ExchangeRecorder) {
  if (changes.length === 0) return {}
  return {
    forwarded: {
      body: record.body(body, 'application/json'),
      changes,
      ...(ignored.length > 0 && { ignored }),
    },
  }
}

/** What every outcome tells of an answer. */
export type Outcome = {
  provider: string
  keyId: string | undefined
  model: string | undefined
  stream: boolean
  body: RecordedBody
  attempts: Attempt[]
  usage: Usage | undefined
  cost: { usdMicros: number; priceDate: string } | undefined
  finishReasons: string[] | undefined
  timing: { firstByteMs: number | undefined; durationMs: number }
}

export function outcomeOf(
  { request, relayed, body, attempts }: Answered,
  exchange: Exchange,
  facts: RequestFacts,
  texts: () => ReturnType<WireFormat['requestTexts']>,
): Outcome {
  const { format, target } = request
  const { follower } = relayed
  const answer = follower ? undefined : parseAnswer(relayed.whole?.toString('utf8') ?? body.text)
  const model = follower?.model() ?? modelOf(answer) ?? facts.model
  const told = follower ? follower.usage() : answer && format.usage(answer)
  const usage =
    told ?? (relayed.end === 'complete' && relayed.status! < 400 ? estimate(format, body, texts) : undefined)
  return {
    provider: target.provider.name,
    keyId: exchange.key?.id,
    model,
    stream: relayed.stream,
    body,
    attempts,
    usage,
    cost: usage && model !== undefined ? costOf(target.provider.config.kind, model, usage) : undefined,
    finishReasons: follower ? follower.finishReasons() : answer && format.finishReasons(answer),
    timing: {
      firstByteMs: relayed.firstByteMs === undefined ? undefined : rounded(relayed.firstByteMs),
      durationMs: rounded(performance.now() - exchange.startedAtMs),
    },
  }
}

function costOf(kind: Parameters<typeof costUsdMicros>[0], model: string, usage: Usage): Outcome['cost'] {
  const usdMicros = costUsdMicros(kind, model, usage)
  return usdMicros === undefined ? undefined : { usdMicros, priceDate: priceTable.date }
}

/** Formats whose answers are text that a model wrote, so that tokens can be estimated where none were told. */
const generating: ReadonlySet<string> = new Set([
  'openai.chat',
  'openai.completions',
  'openai.responses',
  'anthropic.messages',
])

/** An estimate from the texts, for answers that stand in one event. */
function estimate(
  format: WireFormat,
  { text }: RecordedBody,
  requestTexts: () => ReturnType<WireFormat['requestTexts']>,
): Usage | undefined {
  if (!generating.has(format.id) || text === undefined) return undefined
  const answer = text.startsWith('{') ? parseAnswer(text) : assemble(format, text)
  return answer && estimateUsage(requestTexts(), format.responseTexts(answer))
}

function assemble(format: WireFormat, text: string): JsonObject | undefined {
  const parser = createSseParser()
  const assembler = format.createAssembler()
  for (const frame of parser.push(Buffer.from(text))) assembler.push(frame)
  return assembler.result()
}

/** The JSON of an answer that is here in one piece; a longer one is not parsed for its usage. */
function parseAnswer(text: string | undefined): JsonObject | undefined {
  if (!text?.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined
  }
}

function modelOf(answer: JsonObject | undefined): string | undefined {
  return typeof answer?.model === 'string' ? answer.model : undefined
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
