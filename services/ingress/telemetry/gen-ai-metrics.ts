import type { Usage } from '@airs-cp/events'
import { type BucketCounts, chunkBoundaries, type Metrics } from '@airs-cp/runtime'
import type { Attributes, Meter } from '@opentelemetry/api'

/** A call of a model as these metrics count it. */
export type ModelCall = {
  /** `gen_ai.operation.name`. */
  operation: string
  provider: string
  /** That the provider was asked for. */
  model: string | undefined
  /** Undefined where the call went well. */
  errorType: string | undefined
  durationMs: number
  /** Of a stream: until its first byte. */
  firstChunkMs: number | undefined
  /** Of a stream: from chunk to chunk. */
  chunkTimes?: BucketCounts | undefined
  usage: Usage | undefined
}

/** Operations that generate content; embeddings have metrics of their own, all others share one duration. */
const inference = new Set(['chat', 'text_completion', 'generate_content'])
/** Clients choose the names of models: at most so many become time series, and only such as a provider served. */
const maxModels = 200
const maxCharacters = 256

const tokenBoundaries = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
]
const seconds = { unit: 's', advice: { explicitBucketBoundaries: chunkBoundaries } }
const tokens = { unit: '{token}', advice: { explicitBucketBoundaries: tokenBoundaries } }

/**
 * Metrics by OpenTelemetry's semantic conventions for generative AI 0.1.0.
 * @param formerNames also record what 0.1.0 of AIRS-CP recorded: `gen_ai.client.operation.duration` of all operations
 * and `gen_ai.client.token.usage`.
 */
export function createGenAiMetrics(
  { meter, countedHistogram }: Metrics,
  formerNames: boolean,
): (call: ModelCall) => void {
  const histogram = (name: string, options: typeof seconds | typeof tokens, description: string) =>
    meter.createHistogram(name, { ...options, description })
  const inferenceDuration = countedHistogram({
    name: 'gen_ai.client.inference.duration',
    description: 'Duration of calls of a model, from the first attempt to the last byte',
    unit: 's',
    boundaries: chunkBoundaries,
  })
  const firstChunk = histogram(
    'gen_ai.client.inference.time_to_first_chunk',
    seconds,
    'Of streamed calls of a model: from the request to the first byte of the response',
  )
  const perChunk = countedHistogram({
    name: 'gen_ai.client.inference.time_per_output_chunk',
    description: 'Of streamed calls of a model: from the end of a chunk to the end of the next',
    unit: 's',
    boundaries: chunkBoundaries,
  })
  const embeddingsDuration = histogram(
    'gen_ai.client.embeddings.duration',
    seconds,
    'Duration of calls for embeddings',
  )
  const otherDuration = histogram(
    'gen_ai.client.operation.duration',
    seconds,
    formerNames
      ? 'Duration of calls of a model, of every operation (former name)'
      : 'Duration of calls that are neither inference nor embeddings',
  )
  const inputTokens = countedHistogram({
    name: 'gen_ai.client.inference.operation.input_tokens',
    description: 'Input tokens of a call of a model',
    unit: '{token}',
    boundaries: tokenBoundaries,
  })
  const outputTokens = countedHistogram({
    name: 'gen_ai.client.inference.operation.output_tokens',
    description: 'Output tokens of a call of a model',
    unit: '{token}',
    boundaries: tokenBoundaries,
  })
  const embeddingsTokens = histogram(
    'gen_ai.client.embeddings.operation.input_tokens',
    tokens,
    'Input tokens of a call for embeddings',
  )
  const countUsage = observeUsage(meter)
  const formerTokens = formerNames
    ? histogram('gen_ai.client.token.usage', tokens, 'Tokens of calls of a model (former name)')
    : undefined
  const models = new Set<string>()

  /** The model's name, as long as there are not too many of them. */
  function modelOf({ model: asked, errorType }: ModelCall): string | undefined {
    const model = asked?.slice(0, maxCharacters)
    if (model === undefined || models.has(model)) return model
    if (errorType !== undefined || models.size >= maxModels) return undefined
    models.add(model)
    return model
  }

  function attributesOf(call: ModelCall): Attributes {
    const model = modelOf(call)
    return {
      'gen_ai.operation.name': call.operation,
      'gen_ai.provider.name': call.provider,
      ...(model !== undefined && { 'gen_ai.request.model': model }),
    }
  }

  function recordFormer(call: ModelCall): void {
    const attributes = { 'gen_ai.operation.name': call.operation, 'gen_ai.provider.name': call.provider }
    otherDuration.record(call.durationMs / 1_000, withError(attributes, call))
    for (const [type, count] of [
      ['input', call.usage?.inputTokens],
      ['output', call.usage?.outputTokens],
    ] as const)
      if (count !== undefined) formerTokens?.record(count, { ...attributes, 'gen_ai.token.type': type })
  }

  return (call) => {
    const { operation, usage } = call
    const spent = attributesOf(call)
    const ended = withError(spent, call)
    const durationSeconds = call.durationMs / 1_000
    if (formerTokens) recordFormer(call)
    if (operation === 'embeddings') {
      embeddingsDuration.record(durationSeconds, ended)
      embeddingsTokens.record(usage?.inputTokens ?? 0, ended)
    } else if (!inference.has(operation)) {
      if (!formerTokens) otherDuration.record(durationSeconds, ended)
    } else {
      inferenceDuration.record(ended, durationSeconds)
      if (call.firstChunkMs !== undefined) firstChunk.record(call.firstChunkMs / 1_000, spent)
      if (call.chunkTimes) perChunk.add(spent, call.chunkTimes)
      inputTokens.record(ended, usage?.inputTokens ?? 0)
      outputTokens.record(ended, usage?.outputTokens ?? 0)
      countUsage(usage, spent)
    }
  }
}

const usageCounters = {
  inputTokens: ['input_tokens', 'Input tokens used'],
  outputTokens: ['output_tokens', 'Output tokens used'],
  cachedInputTokens: ['cache_read.input_tokens', 'Of the input tokens: read from a cache of the provider'],
  cacheWriteInputTokens: [
    'cache_write.input_tokens',
    'Of the input tokens: written to a cache of the provider',
  ],
  reasoningTokens: ['reasoning.output_tokens', 'Of the output tokens: used for reasoning'],
} as const
type Counted = keyof typeof usageCounters
const countedFields = Object.keys(usageCounters) as Counted[]

/**
 * `gen_ai.client.inference.usage.*`: sums that are kept here and read when metrics are collected: a counter
 * would sort and serialise its attributes again at each exchange.
 */
function observeUsage(meter: Meter): (usage: Usage | undefined, attributes: Attributes) => void {
  const sums = new Map<string, { attributes: Attributes; counts: Partial<Record<Counted, number>> }>()
  for (const field of countedFields) {
    const [name, description] = usageCounters[field]
    meter
      .createObservableCounter(`gen_ai.client.inference.usage.${name}`, { unit: '{token}', description })
      .addCallback((result) => {
        for (const { attributes, counts } of sums.values())
          if (counts[field] !== undefined) result.observe(counts[field], attributes)
      })
  }
  return (usage, attributes) => {
    const key = Object.values(attributes).join('\n')
    let sum = sums.get(key)
    if (!sum) {
      // No provider states for every count which part of it is text, image or sound.
      sum = {
        attributes: { ...attributes, 'gen_ai.token.modality': 'unknown' },
        counts: { inputTokens: 0, outputTokens: 0 },
      }
      sums.set(key, sum)
    }
    for (const field of countedFields)
      if (usage?.[field]) sum.counts[field] = (sum.counts[field] ?? 0) + usage[field]
  }
}

function withError(attributes: Attributes, { errorType }: ModelCall): Attributes {
  return errorType === undefined ? attributes : { ...attributes, 'error.type': errorType }
}
