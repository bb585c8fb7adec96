import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createMetrics } from '@airs-cp/runtime'
import { endpointOf } from './gen-ai-attributes.ts'
import { createGenAiMetrics, type ModelCall } from './gen-ai-metrics.ts'

const chat: ModelCall = {
  operation: 'chat',
  provider: 'openai',
  model: 'gpt-4o',
  errorType: undefined,
  durationMs: 500,
  firstChunkMs: undefined,
  usage: { inputTokens: 10, outputTokens: 5, estimated: false },
}

/** The names of what was recorded, as Prometheus has them, and the whole text. */
async function recorded(
  calls: ModelCall[],
  { formerNames = false } = {},
): Promise<{ names: string[]; text: string }> {
  const metrics = createMetrics('test')
  const record = createGenAiMetrics(metrics, formerNames)
  for (const call of calls) record(call)
  const text = await metrics.text()
  const names = [...text.matchAll(/^# TYPE (gen_ai_\S+) /gm)].map(([, name]) => name!)
  return { names: names.sort(), text }
}
/** The value of the line that begins with `name` and has all of `labels`. */
const valuesOf = (text: string, name: string, ...labels: string[]) =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .map((line) => Number(line.slice(line.lastIndexOf('}') + 1).trim()))

describe('metrics of models', () => {
  test('inference has the names of the conventions 0.1.0, and none of the former', async () => {
    const { names, text } = await recorded([
      chat,
      {
        ...chat,
        firstChunkMs: 80,
        chunkTimes: { counts: [0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], sum: 90.03, count: 3 },
        usage: {
          ...{ inputTokens: 100, outputTokens: 50, estimated: false },
          ...{ cachedInputTokens: 60, cacheWriteInputTokens: 30, reasoningTokens: 20 },
        },
      },
    ])
    assert.deepEqual(names, [
      'gen_ai_client_inference_duration',
      'gen_ai_client_inference_operation_input_tokens',
      'gen_ai_client_inference_operation_output_tokens',
      'gen_ai_client_inference_time_per_output_chunk',
      'gen_ai_client_inference_time_to_first_chunk',
      'gen_ai_client_inference_usage_cache_read_input_tokens_total',
      'gen_ai_client_inference_usage_cache_write_input_tokens_total',
      'gen_ai_client_inference_usage_input_tokens_total',
      'gen_ai_client_inference_usage_output_tokens_total',
      'gen_ai_client_inference_usage_reasoning_output_tokens_total',
    ])
    const model = 'gen_ai_request_model="gpt-4o"'
    assert.deepEqual(valuesOf(text, 'gen_ai_client_inference_duration_count', model), [2])
    assert.deepEqual(valuesOf(text, 'gen_ai_client_inference_time_to_first_chunk_count', model), [1])
    const perChunk = 'gen_ai_client_inference_time_per_output_chunk'
    assert.deepEqual(valuesOf(text, `${perChunk}_count`, model), [3])
    assert.deepEqual(valuesOf(text, `${perChunk}_bucket`, model, 'le="0.02"'), [2])
    assert.deepEqual(
      valuesOf(text, 'gen_ai_client_inference_usage_input_tokens_total', 'gen_ai_token_modality="unknown"'),
      [110],
    )
    assert.deepEqual(
      valuesOf(text, 'gen_ai_client_inference_usage_cache_write_input_tokens_total', model),
      [30],
    )
  })

  test('embeddings and other operations are not counted as inference', async () => {
    const { names, text } = await recorded([
      { ...chat, operation: 'embeddings' },
      { ...chat, operation: 'moderation' },
    ])
    assert.deepEqual(names, [
      'gen_ai_client_embeddings_duration',
      'gen_ai_client_embeddings_operation_input_tokens',
      'gen_ai_client_operation_duration',
    ])
    assert.deepEqual(valuesOf(text, 'gen_ai_client_operation_duration_count', 'moderation'), [1])
  })

  test('former names come beside the new ones where they are asked for, as 0.1.0 recorded them', async () => {
    const { names, text } = await recorded([chat, { ...chat, operation: 'moderation', usage: undefined }], {
      formerNames: true,
    })
    assert.ok(names.includes('gen_ai_client_inference_duration'))
    assert.deepEqual(
      valuesOf(text, 'gen_ai_client_operation_duration_count', 'gen_ai_operation_name="chat"'),
      [1],
    )
    assert.deepEqual(valuesOf(text, 'gen_ai_client_operation_duration_count', 'moderation'), [1])
    assert.deepEqual(valuesOf(text, 'gen_ai_client_token_usage_sum', 'gen_ai_token_type="input"'), [10])
    assert.deepEqual(valuesOf(text, 'gen_ai_client_token_usage_sum', 'gen_ai_token_type="output"'), [5])
  })

  test('names of models that no provider served, or too many of them, make no time series', async () => {
    const invented = Array.from({ length: 50 }, (_, n) => ({
      ...chat,
      ...{ model: `invented-${n}`, errorType: '404', usage: undefined },
    }))
    const served = Array.from({ length: 300 }, (_, n) => ({ ...chat, model: `served-${n}` }))
    const { text } = await recorded([...invented, ...served, { ...served[0]!, errorType: '500' }])
    assert.ok(!text.includes('invented-'))
    const models = new Set(text.match(/gen_ai_request_model="[^"]*"/g))
    assert.equal(models.size, 200)
    assert.deepEqual(
      valuesOf(text, 'gen_ai_client_inference_duration_count', '"served-0"', 'error_type="500"'),
      [1],
      'a failure of a model that was served before is counted under its name',
    )
  })
})

test('a provider has the name of the conventions wherever they know its address', () => {
  const named = (baseUrl: string, kind = 'openai-compatible') =>
    endpointOf({ name: 'mine', config: { kind, baseUrl } as Parameters<typeof endpointOf>[0]['config'] })
      .provider
  assert.equal(named('https://api.mistral.ai/v1'), 'mistral_ai')
  assert.equal(named('https://api.groq.com/openai/v1'), 'groq')
  assert.equal(named('https://us-central1-aiplatform.googleapis.com/v1'), 'gcp.vertex_ai')
  assert.equal(named('https://bedrock-runtime.eu-west-1.amazonaws.com', 'anthropic'), 'aws.bedrock')
  assert.equal(named('https://x.openai.azure.com', 'azure'), 'azure.ai.openai')
  assert.equal(named('https://api.mistral.ai.example.com/v1'), 'mine')
  assert.equal(named('http://127.0.0.1:9/v1', 'openai'), 'openai')
})
