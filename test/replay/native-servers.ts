import type { Said } from './said.ts'
import type { ServerShape } from './servers.ts'

/** What OpenAI's Responses API and Gemini respond, plain and streamed. */
type Fields = Record<string, unknown>
const text = 'It is 18 °C in Zürich.'
const words = ['It is', ' 18 °C', ' in Zürich.']
const args = '{"city": "Zürich", "days": 1.0}'
const called = [{ name: 'get_weather', args: { city: 'Zürich', days: 1 } }]
const saysText: Said = { text, reasoning: '', calls: [], end: 'stop' }

function response(output: Fields[], status: string, more: Fields = {}): Fields {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_790_000_000,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    model: 'served-model',
    output,
    parallel_tool_calls: false,
    reasoning: { effort: 'medium', summary: null },
    store: false,
    text: { format: { type: 'text' }, verbosity: 'low' },
    tools: [],
    usage:
      status === 'in_progress'
        ? null
        : {
            input_tokens: 11,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: 7,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: 18,
          },
    ...more,
  }
}

/** Events with the sequence numbers that the API counts them by. */
function responsesStream(events: Fields[]): string {
  return events
    .map((event, sequence_number) => {
      const value = { type: event.type, sequence_number, ...event }
      return `event: ${event.type}\ndata: ${JSON.stringify(value)}\n\n`
    })
    .join('')
}

const outputText = (said: string) => ({ type: 'output_text', annotations: [], logprobs: [], text: said })
const messageItem = (status: string, content: Fields[]) => ({
  id: 'msg_1',
  type: 'message',
  status,
  role: 'assistant',
  content,
})
const reasoningItem = (summary: string) => ({
  id: 'rs_1',
  type: 'reasoning',
  encrypted_content: 'gAAAAABo'.padEnd(120, 'x1Y2'),
  summary: summary === '' ? [] : [{ type: 'summary_text', text: summary }],
})
const callItem = (status: string, given: string) => ({
  id: 'fc_1',
  type: 'function_call',
  status,
  arguments: given,
  call_id: 'call_1',
  name: 'get_weather',
})

function textEvents(output_index: number): Fields[] {
  const at = { item_id: 'msg_1', output_index, content_index: 0 }
  return [
    { type: 'response.output_item.added', output_index, item: messageItem('in_progress', []) },
    { type: 'response.content_part.added', ...at, part: outputText('') },
    ...words.map((delta) => ({
      ...{ type: 'response.output_text.delta', ...at, delta, logprobs: [], obfuscation: 'aB3' },
    })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: outputText(text) },
    { type: 'response.output_item.done', output_index, item: messageItem('completed', [outputText(text)]) },
  ]
}
const begun = [
  { type: 'response.created', response: response([], 'in_progress') },
  { type: 'response.in_progress', response: response([], 'in_progress') },
]

const thought = 'Look it up.'
const reasoned = [reasoningItem(thought), callItem('completed', args)]
const responsesServers: ServerShape[] = [
  {
    name: 'responses api, a text',
    documentation: 'https://platform.openai.com/docs/api-reference/responses',
    format: 'openai.responses',
    plain: response([messageItem('completed', [outputText(text)])], 'completed'),
    stream: responsesStream([
      ...begun,
      ...textEvents(0),
      {
        type: 'response.completed',
        response: response([messageItem('completed', [outputText(text)])], 'completed'),
      },
    ]),
    says: saysText,
  },
  {
    name: 'responses api, a summary of reasoning and a call',
    documentation: 'https://platform.openai.com/docs/api-reference/responses-streaming',
    format: 'openai.responses',
    plain: response(reasoned, 'completed'),
    stream: responsesStream([
      ...begun,
      { type: 'response.output_item.added', output_index: 0, item: reasoningItem('') },
      {
        ...{ type: 'response.reasoning_summary_part.added', item_id: 'rs_1', output_index: 0 },
        ...{ summary_index: 0, part: { type: 'summary_text', text: '' } },
      },
      {
        ...{ type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', output_index: 0 },
        ...{ summary_index: 0, delta: thought },
      },
      {
        ...{ type: 'response.reasoning_summary_text.done', item_id: 'rs_1', output_index: 0 },
        ...{ summary_index: 0, text: thought },
      },
      {
        ...{ type: 'response.reasoning_summary_part.done', item_id: 'rs_1', output_index: 0 },
        ...{ summary_index: 0, part: { type: 'summary_text', text: thought } },
      },
      { type: 'response.output_item.done', output_index: 0, item: reasoningItem(thought) },
      { type: 'response.output_item.added', output_index: 1, item: callItem('in_progress', '') },
      ...[args.slice(0, 12), args.slice(12)].map((delta) => ({
        ...{ type: 'response.function_call_arguments.delta', item_id: 'fc_1', output_index: 1, delta },
      })),
      {
        ...{ type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 1 },
        arguments: args,
      },
      { type: 'response.output_item.done', output_index: 1, item: callItem('completed', args) },
      { type: 'response.completed', response: response(reasoned, 'completed') },
    ]),
    says: { text: '', reasoning: thought, calls: called, end: 'calls' },
  },
  {
    name: 'responses api, cut by the limit of tokens',
    documentation: 'https://platform.openai.com/docs/api-reference/responses/object',
    format: 'openai.responses',
    plain: response([messageItem('incomplete', [outputText(text)])], 'incomplete', {
      incomplete_details: { reason: 'max_output_tokens' },
    }),
    stream: responsesStream([
      ...begun,
      ...textEvents(0).slice(0, -1),
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: messageItem('incomplete', [outputText(text)]),
      },
      {
        type: 'response.incomplete',
        response: response([messageItem('incomplete', [outputText(text)])], 'incomplete', {
          incomplete_details: { reason: 'max_output_tokens' },
        }),
      },
    ]),
    says: { ...saysText, end: 'length' },
  },
]

const usageMetadata = { promptTokenCount: 11, candidatesTokenCount: 7, totalTokenCount: 18 }
const generated = (parts: Fields[], finishReason?: string) => ({
  candidates: [{ content: { parts, role: 'model' }, ...(finishReason && { finishReason }), index: 0 }],
  usageMetadata,
  modelVersion: 'served-model',
  responseId: 'r-1',
})
const geminiStream = (...chunks: object[]) =>
  chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('')
const functionCall = { functionCall: { name: 'get_weather', args: { city: 'Zürich', days: 1 } } }
const signature = 'CiQB'.padEnd(120, 'Ab3d')

const geminiServers: ServerShape[] = [
  {
    name: 'gemini, a text',
    documentation: 'https://ai.google.dev/api/generate-content',
    format: 'gemini.generate-content',
    plain: generated([{ text }], 'STOP'),
    stream: geminiStream(
      generated([{ text: words[0] }]),
      generated([{ text: words[1] }]),
      generated([{ text: words[2] }], 'STOP'),
    ),
    says: saysText,
  },
  {
    name: 'gemini, a thought and a signed call',
    documentation: 'https://ai.google.dev/gemini-api/docs/thought-signatures',
    format: 'gemini.generate-content',
    plain: generated(
      [
        { text: thought, thought: true },
        { ...functionCall, thoughtSignature: signature },
      ],
      'STOP',
    ),
    stream: geminiStream(
      generated([{ text: thought, thought: true }]),
      generated([{ ...functionCall, thoughtSignature: signature }]),
      generated([{ text: '' }], 'STOP'),
    ),
    says: { text: '', reasoning: thought, calls: called, end: 'calls' },
  },
  {
    name: 'gemini, cut by the limit of tokens',
    documentation: 'https://ai.google.dev/api/generate-content',
    format: 'gemini.generate-content',
    plain: generated([{ text }], 'MAX_TOKENS'),
    stream: geminiStream(generated([{ text }], 'MAX_TOKENS')),
    says: { ...saysText, end: 'length' },
  },
]

export const nativeServers: readonly ServerShape[] = [...responsesServers, ...geminiServers]
