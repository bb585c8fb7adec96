import type { Format, Said } from './said.ts'

/** How one server responds, plain and streamed; both say the same. */
export type ServerShape = {
  name: string
  documentation: string
  format: Format
  plain: object
  stream: string
  says: Said
}

const text = 'It is 18 °C in Zürich.'
const args = '{"city": "Zürich", "days": 1.0}'
const called = [{ name: 'get_weather', args: { city: 'Zürich', days: 1 } }]
const counts = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }

function data(value: object | string, event?: string): string {
  const line = typeof value === 'string' ? value : JSON.stringify(value)
  return `${event ? `event: ${event}\n` : ''}data: ${line}\n\n`
}
const done = data('[DONE]')

type Fields = Record<string, unknown>
/** The fields that a server adds to its responses, chunks, choices and messages. */
type Extras = { response?: Fields; chunk?: Fields; choice?: Fields; message?: Fields; id?: string }

function completion(
  message: Fields,
  finish_reason: string | null,
  usage: Fields | undefined,
  extras: Extras = {},
) {
  return {
    id: extras.id ?? 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_790_000_000,
    model: 'served-model',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', ...message, ...extras.message },
        finish_reason,
        ...extras.choice,
      },
    ],
    ...(usage && { usage }),
    ...extras.response,
  }
}

function chunkOf(extras: Extras) {
  return (delta: Fields, finish_reason: string | null = null, more: Fields = {}) =>
    data({
      id: extras.id ?? 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1_790_000_000,
      model: 'served-model',
      choices: [{ index: 0, delta, finish_reason, ...extras.choice }],
      ...extras.chunk,
      ...more,
    })
}

const usageChunk = (extras: Extras = {}, usage: Fields = counts) =>
  data({
    id: extras.id ?? 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: 'served-model',
    choices: [],
    usage,
    ...extras.chunk,
  })

const call = (id: string, more: Fields = {}) => ({
  id,
  type: 'function',
  function: { name: 'get_weather', arguments: args },
  ...more,
})
const callStart = (id: string, more: Fields = {}) => ({
  tool_calls: [{ index: 0, id, type: 'function', function: { name: 'get_weather', arguments: '' }, ...more }],
})
const callPiece = (piece: string, more: Fields = {}) => ({
  tool_calls: [{ index: 0, function: { arguments: piece }, ...more }],
})
const halves: [string, string] = [args.slice(0, 12), args.slice(12)]
const words = ['It is', ' 18 °C', ' in Zürich.']

const saysText: Said = { text, reasoning: '', calls: [], end: 'stop' }
const saysCall: Said = { text: '', reasoning: '', calls: called, end: 'calls' }
const saysThought: Said = { ...saysText, reasoning: 'Look it up.' }

/** Most servers stream a text alike, apart from the fields that they add. */
function textServer(name: string, documentation: string, extras: Extras, usage?: Fields): ServerShape {
  const chunk = chunkOf(extras)
  return {
    name,
    documentation,
    format: 'openai.chat',
    plain: completion({ content: text }, 'stop', usage ?? counts, extras),
    stream:
      chunk({ role: 'assistant', content: '' }) +
      words.map((content) => chunk({ content })).join('') +
      chunk({}, 'stop') +
      usageChunk(extras, usage) +
      done,
    says: saysText,
  }
}

const openai: Extras = {
  response: { service_tier: 'default', system_fingerprint: 'fp_1' },
  chunk: { service_tier: 'default', system_fingerprint: 'fp_1', obfuscation: 'Xy3' },
  choice: { logprobs: null },
}

const chatServers: ServerShape[] = [
  textServer('openai', 'https://platform.openai.com/docs/api-reference/chat', openai, {
    ...counts,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  }),
  {
    name: 'openai, a call',
    documentation: 'https://platform.openai.com/docs/guides/function-calling',
    format: 'openai.chat',
    plain: completion(
      { content: null, refusal: null, annotations: [], tool_calls: [call('call_a1B2')] },
      'tool_calls',
      counts,
      openai,
    ),
    stream:
      chunkOf(openai)({ role: 'assistant', content: null, refusal: null }) +
      chunkOf(openai)(callStart('call_a1B2')) +
      halves.map((piece) => chunkOf(openai)(callPiece(piece))).join('') +
      chunkOf(openai)({}, 'tool_calls') +
      usageChunk(openai) +
      done,
    says: saysCall,
  },
  (() => {
    const filters = { hate: { filtered: false, severity: 'safe' } }
    const extras: Extras = { choice: { logprobs: null, content_filter_results: filters } }
    const shape = textServer('azure', 'https://learn.microsoft.com/azure/ai-foundry/openai/reference', extras)
    const opening = data({
      id: '',
      object: '',
      created: 0,
      model: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: filters }],
    })
    return { ...shape, stream: opening + shape.stream }
  })(),
  {
    name: 'vllm, reasoning and a call',
    documentation: 'https://docs.vllm.ai/en/latest/features/reasoning_outputs',
    format: 'openai.chat',
    plain: completion(
      {
        content: null,
        reasoning_content: 'Look it up.',
        refusal: null,
        tool_calls: [call('chatcmpl-tool-0f')],
        function_call: null,
      },
      'tool_calls',
      { ...counts, prompt_tokens_details: null },
      {
        choice: { stop_reason: null, token_ids: null, logprobs: null },
        response: { prompt_logprobs: null, kv_transfer_params: null },
      },
    ),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '' }, null, { prompt_token_ids: null }) +
      chunk({ reasoning_content: 'Look ' }) +
      chunk({ reasoning_content: 'it up.' }) +
      chunk(callStart('chatcmpl-tool-0f')) +
      halves.map((piece) => chunk(callPiece(piece))).join('') +
      chunk({ content: '' }, 'tool_calls', { stop_reason: null }) +
      usageChunk() +
      done)(chunkOf({ choice: { logprobs: null, token_ids: null } })),
    says: { ...saysCall, reasoning: 'Look it up.' },
  },
  {
    name: 'ollama, whole calls',
    documentation: 'https://docs.ollama.com/api/openai-compatibility',
    format: 'openai.chat',
    plain: completion({ content: '', tool_calls: [call('call_x9', { index: 0 })] }, 'tool_calls', counts, {
      response: { system_fingerprint: 'fp_ollama' },
    }),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '', tool_calls: [call('call_x9', { index: 0 })] }) +
      chunk({ role: 'assistant', content: '' }, 'tool_calls') +
      done)(chunkOf({ chunk: { system_fingerprint: 'fp_ollama' } })),
    says: saysCall,
  },
  {
    ...textServer('llama.cpp', 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server', {
      response: {
        timings: { prompt_n: 11, predicted_n: 7, predicted_ms: 12.5 },
        system_fingerprint: 'b6000',
      },
    }),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: null }) +
      words.map((content) => chunk({ content })).join('') +
      chunk({}, 'stop', { usage: counts, timings: { prompt_n: 11, predicted_n: 7 } }) +
      done)(chunkOf({ chunk: { system_fingerprint: 'b6000' } })),
  },
  {
    name: 'lm studio, numbers for ids and no usage',
    documentation: 'https://lmstudio.ai/docs/developer/openai-compat/tools',
    format: 'openai.chat',
    plain: completion({ tool_calls: [call('365174485')] }, 'tool_calls', undefined, {
      response: { stats: {}, system_fingerprint: 'served-model' },
      choice: { logprobs: null },
    }),
    stream: ((chunk) =>
      chunk({ role: 'assistant', ...callStart('365174485') }) +
      halves.map((piece) => chunk(callPiece(piece))).join('') +
      chunk({}, 'tool_calls') +
      done)(chunkOf({})),
    says: saysCall,
  },
  {
    name: 'tgi, an empty id and a role in each chunk',
    documentation: 'https://huggingface.co/docs/text-generation-inference/messages_api',
    format: 'openai.chat',
    plain: completion({ content: text }, 'stop', counts, { id: '' }),
    stream: ((chunk) =>
      words.map((content) => chunk({ role: 'assistant', content })).join('') +
      chunk({ role: 'assistant', content: '' }, 'eos_token') +
      done)(chunkOf({ id: '', choice: { logprobs: null } })),
    says: saysText,
  },
  {
    name: 'openrouter, comments and reasoning details',
    documentation: 'https://openrouter.ai/docs/api-reference/streaming',
    format: 'openai.chat',
    plain: completion(
      {
        content: text,
        refusal: null,
        reasoning: 'Look it up.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Look it up.' }],
      },
      'stop',
      { ...counts, cost: 0.00012 },
      { response: { provider: 'Novita' }, choice: { native_finish_reason: 'stop', logprobs: null } },
    ),
    stream: ((chunk) =>
      ': OPENROUTER PROCESSING\n\n' +
      chunk({
        role: 'assistant',
        content: '',
        reasoning: 'Look it up.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Look it up.', index: 0 }],
      }) +
      ': OPENROUTER PROCESSING\n\n' +
      words.map((content) => chunk({ role: 'assistant', content })).join('') +
      chunk({ role: 'assistant', content: '' }, 'stop') +
      chunk({ role: 'assistant', content: '' }, null, { usage: { ...counts, cost: 0.00012 } }) +
      done)(
      chunkOf({ chunk: { provider: 'Novita' }, choice: { native_finish_reason: null, logprobs: null } }),
    ),
    says: saysThought,
  },
  {
    ...textServer('groq', 'https://console.groq.com/docs/api-reference', {
      response: { x_groq: { id: 'req_1' }, usage_breakdown: null },
    }),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '' }, null, { x_groq: { id: 'req_1' } }) +
      words.map((content) => chunk({ content })).join('') +
      chunk({}, 'stop', {
        x_groq: { id: 'req_1', usage: { ...counts, queue_time: 0.02, total_time: 0.1 } },
      }) +
      done)(chunkOf({ choice: { logprobs: null } })),
  },
  {
    ...textServer(
      'together, usage beside the finish reason',
      'https://docs.together.ai/reference/chat-completions',
      {
        response: { prompt: [] },
        choice: { seed: 123, logprobs: null },
        message: { tool_calls: [] },
      },
    ),
    stream: ((chunk) =>
      words.map((content) => chunk({ token_id: 5, role: 'assistant', content, tool_calls: null })).join('') +
      chunk({ token_id: 0, role: 'assistant', content: '', tool_calls: null }, 'stop', { usage: counts }) +
      done)(chunkOf({ choice: { seed: null, logprobs: null, text: '' } })),
  },
  {
    ...textServer(
      'perplexity, citations and usage in each chunk',
      'https://docs.perplexity.ai/api-reference',
      {
        response: {
          citations: ['https://weather.example/zurich'],
          search_results: [{ title: 'Zürich', url: 'https://weather.example/zurich', date: null }],
        },
      },
    ),
    stream:
      words
        .map((content, index) =>
          data({
            id: 'chatcmpl-1',
            object: index === 2 ? 'chat.completion.done' : 'chat.completion.chunk',
            created: 1_790_000_000,
            model: 'sonar',
            usage: { ...counts, search_context_size: 'low' },
            citations: ['https://weather.example/zurich'],
            search_results: [{ title: 'Zürich', url: 'https://weather.example/zurich', date: null }],
            choices: [
              {
                index: 0,
                finish_reason: index === 2 ? 'stop' : null,
                delta: { role: 'assistant', content },
              },
            ],
          }),
        )
        .join('') + done,
  },
  {
    name: 'dashscope, empty ids and names in later pieces of a call',
    documentation: 'https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling',
    format: 'openai.chat',
    plain: completion({ content: '', tool_calls: [call('call_9f', { index: 0 })] }, 'tool_calls', counts),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: null, ...callStart('call_9f') }) +
      halves
        .map((piece) =>
          chunk({
            content: null,
            tool_calls: [{ index: 0, id: '', type: 'function', function: { name: null, arguments: piece } }],
          }),
        )
        .join('') +
      chunk({ content: '' }, 'tool_calls') +
      usageChunk() +
      done)(chunkOf({ choice: { logprobs: null }, chunk: { usage: null } })),
    says: saysCall,
  },
  {
    name: 'sglang, every field in every chunk',
    documentation: 'https://docs.sglang.ai/basic_usage/openai_api_completions.html',
    format: 'openai.chat',
    plain: completion(
      { content: text, reasoning_content: 'Look it up.', tool_calls: null },
      'stop',
      { ...counts, prompt_tokens_details: null, reasoning_tokens: 0 },
      {
        choice: { logprobs: null, matched_stop: 151_645 },
        response: { metadata: { weight_version: 'default' } },
      },
    ),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '', reasoning_content: null, tool_calls: null }) +
      chunk({ role: null, content: null, reasoning_content: 'Look it', tool_calls: null }) +
      chunk({ role: null, content: null, reasoning_content: ' up.', tool_calls: null }) +
      words
        .map((content) => chunk({ role: null, content, reasoning_content: null, tool_calls: null }))
        .join('') +
      chunk({ role: null, content: null, reasoning_content: null, tool_calls: null }, 'stop') +
      usageChunk() +
      done)(chunkOf({ choice: { logprobs: null, matched_stop: null }, chunk: { usage: null } })),
    says: saysThought,
  },
  {
    name: 'mistral, a text in parts',
    documentation: 'https://docs.mistral.ai/capabilities/reasoning',
    format: 'openai.chat',
    plain: completion(
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Look it up.' }] },
          { type: 'text', text },
        ],
        tool_calls: null,
        prefix: false,
      },
      'stop',
      counts,
    ),
    // The official client of OpenAI joins parts of a stream as strings; a stream of texts is what it can read.
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '' }) +
      chunk({ reasoning_content: 'Look it up.' }) +
      words.map((content) => chunk({ content })).join('') +
      chunk({ content: '' }, 'stop', { usage: counts, p: 'abc' }) +
      done)(chunkOf({})),
    says: saysThought,
  },
  {
    name: 'mistral, a whole call',
    documentation: 'https://docs.mistral.ai/capabilities/function_calling',
    format: 'openai.chat',
    plain: completion(
      {
        content: '',
        tool_calls: [{ id: 'D681PevKs', function: { name: 'get_weather', arguments: args }, index: 0 }],
      },
      'tool_calls',
      counts,
    ),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '' }) +
      chunk(
        {
          content: '',
          tool_calls: [
            {
              id: 'D681PevKs',
              type: 'function',
              function: { name: 'get_weather', arguments: args },
              index: 0,
            },
          ],
        },
        'tool_calls',
        { usage: counts },
      ) +
      done)(chunkOf({})),
    says: saysCall,
  },
  {
    name: 'deepseek, reasoning and keep-alives',
    documentation: 'https://api-docs.deepseek.com/guides/reasoning_model',
    format: 'openai.chat',
    plain: completion({ content: text, reasoning_content: 'Look it up.' }, 'stop', {
      ...counts,
      prompt_cache_hit_tokens: 4,
      prompt_cache_miss_tokens: 7,
    }),
    stream: ((chunk) =>
      ': keep-alive\n\n' +
      chunk({ role: 'assistant', content: null, reasoning_content: '' }) +
      chunk({ content: null, reasoning_content: 'Look it up.' }) +
      words.map((content) => chunk({ content, reasoning_content: null })).join('') +
      chunk({ content: '', reasoning_content: null }, 'stop', { usage: counts }) +
      done)(chunkOf({ choice: { logprobs: null } })),
    says: saysThought,
  },
  textServer(
    'xai',
    'https://docs.x.ai/docs/api-reference',
    { response: { citations: [], system_fingerprint: 'fp_x' }, message: { refusal: null } },
    {
      ...counts,
      num_sources_used: 0,
    },
  ),
  {
    ...textServer(
      'fireworks, cut by the limit',
      'https://docs.fireworks.ai/api-reference/post-chatcompletions',
      {},
    ),
    plain: completion({ content: text }, 'length', counts),
    stream: ((chunk) =>
      chunk({ role: 'assistant' }) +
      words.map((content) => chunk({ content })).join('') +
      chunk({}, 'length', { usage: counts, perf_metrics: null }) +
      done)(chunkOf({})),
    says: { ...saysText, end: 'length' },
  },
  {
    name: 'gemini over openai, stop after a call',
    documentation: 'https://ai.google.dev/gemini-api/docs/openai',
    format: 'openai.chat',
    plain: completion(
      { tool_calls: [call('function-call-1', { extra_content: { google: { thought_signature: 'c2ln' } } })] },
      'stop',
      counts,
      { id: '' },
    ),
    stream: ((chunk) =>
      chunk(
        {
          role: 'assistant',
          tool_calls: [
            call('function-call-1', { index: 0, extra_content: { google: { thought_signature: 'c2ln' } } }),
          ],
        },
        'stop',
        { usage: counts },
      ) + done)(chunkOf({ id: '' })),
    says: saysCall,
  },
  {
    name: 'kimi, ids with dots and colons',
    documentation: 'https://platform.moonshot.ai/docs/guide/use-kimi-api-to-complete-tool-calls',
    format: 'openai.chat',
    plain: completion(
      { content: '', tool_calls: [call('functions.get_weather:0', { index: 0 })] },
      'tool_calls',
      counts,
    ),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '' }) +
      chunk(callStart('functions.get_weather:0')) +
      halves.map((piece) => chunk(callPiece(piece, { id: '', type: 'function' }))).join('') +
      chunk({}, 'tool_calls', { usage: counts }) +
      done)(chunkOf({})),
    says: saysCall,
  },
  {
    ...textServer(
      'bedrock over openai, no [DONE]',
      'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-chat-completions',
      {},
    ),
    stream: ((chunk) =>
      chunk({ role: 'assistant', content: '' }) +
      words.map((content) => chunk({ content })).join('') +
      chunk({}, 'stop', { usage: counts }))(chunkOf({})),
  },
]

const event = (value: Fields) => data(value, String(value.type))
const messageHead = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'served-model',
  stop_sequence: null,
}

function block(index: number, start: Fields, deltas: Fields[]): string {
  return (
    event({ type: 'content_block_start', index, content_block: start }) +
    deltas.map((delta) => event({ type: 'content_block_delta', index, delta })).join('') +
    event({ type: 'content_block_stop', index })
  )
}

function messageStream(blocks: string, stop_reason: string, last: Fields = {}): string {
  return (
    event({
      type: 'message_start',
      message: {
        ...messageHead,
        content: [],
        stop_reason: null,
        usage: { input_tokens: 11, output_tokens: 1 },
      },
    }) +
    event({ type: 'ping' }) +
    blocks +
    event({
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: 7 },
    }) +
    event({ type: 'message_stop', ...last })
  )
}

const message = (content: Fields[], stop_reason: string) => ({
  ...messageHead,
  content,
  stop_reason,
  usage: { input_tokens: 11, output_tokens: 7 },
})
const textBlock = (index: number) =>
  block(
    index,
    { type: 'text', text: '' },
    words.map((word) => ({ type: 'text_delta', text: word })),
  )
const useOf = (id: string, input: Fields = { city: 'Zürich', days: 1 }) => ({
  type: 'tool_use',
  id,
  name: 'get_weather',
  input,
})

const messagesServers: ServerShape[] = [
  {
    name: 'anthropic, thinking and a call',
    documentation: 'https://platform.claude.com/docs/en/build-with-claude/streaming',
    format: 'anthropic.messages',
    plain: message(
      [{ type: 'thinking', thinking: 'Look it up.', signature: 'EqQB' }, useOf('toolu_01')],
      'tool_use',
    ),
    stream: messageStream(
      block(0, { type: 'thinking', thinking: '', signature: '' }, [
        { type: 'thinking_delta', thinking: 'Look it up.' },
        { type: 'signature_delta', signature: 'EqQB' },
      ]) +
        block(
          1,
          useOf('toolu_01', {}),
          ['', ...halves].map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
        ),
      'tool_use',
    ),
    says: { ...saysCall, reasoning: 'Look it up.' },
  },
  {
    name: 'bedrock, with metrics at the end',
    documentation:
      'https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages',
    format: 'anthropic.messages',
    plain: message([{ type: 'text', text }], 'end_turn'),
    stream: messageStream(textBlock(0), 'end_turn', {
      'amazon-bedrock-invocationMetrics': {
        inputTokenCount: 11,
        outputTokenCount: 7,
        invocationLatency: 900,
      },
    }),
    says: saysText,
  },
  {
    name: 'a compatible messages server, end_turn after a call',
    documentation: 'https://api-docs.deepseek.com/guides/anthropic_api',
    format: 'anthropic.messages',
    plain: message([{ type: 'text', text }, useOf('call_00_x')], 'end_turn'),
    stream: messageStream(
      textBlock(0) + block(1, useOf('call_00_x', {}), [{ type: 'input_json_delta', partial_json: args }]),
      'end_turn',
    ),
    says: { ...saysCall, text },
  },
]

const geminiCounts = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 }

function generated(parts: Fields[], finishReason?: string, more: Fields = {}) {
  return {
    candidates: [
      { content: { role: 'model', parts }, index: 0, ...(finishReason && { finishReason }), ...more },
    ],
    ...(finishReason && { usageMetadata: geminiCounts }),
    modelVersion: 'served-model',
    responseId: 'cmVzcG9uc2U',
  }
}
const generatedText = words.map((word) => data(generated([{ text: word }]))).join('')
const functionCall = { name: 'get_weather', args: { city: 'Zürich', days: 1 } }

const geminiServers: ServerShape[] = [
  {
    name: 'gemini, thoughts and a text',
    documentation: 'https://ai.google.dev/api/generate-content',
    format: 'gemini.generate-content',
    plain: generated(
      [
        { text: 'Look it up.', thought: true },
        { text, thoughtSignature: 'c2ln' },
      ],
      'STOP',
      {
        safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' }],
        avgLogprobs: -0.1,
      },
    ),
    stream:
      data(generated([{ text: 'Look it up.', thought: true }])) +
      generatedText +
      data(generated([{ text: '', thoughtSignature: 'c2ln' }], 'STOP')),
    says: saysThought,
  },
  {
    name: 'gemini, a signed call',
    documentation: 'https://ai.google.dev/gemini-api/docs/thought-signatures',
    format: 'gemini.generate-content',
    plain: generated([{ functionCall, thoughtSignature: 'c2ln' }], 'STOP'),
    stream:
      data(generated([{ functionCall, thoughtSignature: 'c2ln' }])) + data(generated([{ text: '' }], 'STOP')),
    says: saysCall,
  },
  {
    name: 'gemini, cut by the limit',
    documentation: 'https://ai.google.dev/api/generate-content',
    format: 'gemini.generate-content',
    plain: generated([{ text }], 'MAX_TOKENS'),
    stream: generatedText + data({ ...generated([], 'MAX_TOKENS'), createTime: '2026-01-01T00:00:00Z' }),
    says: { ...saysText, end: 'length' },
  },
]

export const servers: readonly ServerShape[] = [...chatServers, ...messagesServers, ...geminiServers]
