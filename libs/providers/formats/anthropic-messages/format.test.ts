import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../json.ts'
import { readRequestTexts } from '../../read-body.ts'
import { readFrame, sseText } from '../../sse.ts'
import type { WireFormat } from '../../wire-format.ts'
import { anthropicMessages } from './format.ts'

const frame = (event: JsonObject) => readFrame(Buffer.from(sseText(event, String(event.type))))

const start = frame({
  type: 'message_start',
  message: {
    id: 'msg_1',
    model: 'claude',
    content: [],
    usage: { input_tokens: 5, cache_read_input_tokens: 3 },
  },
})
const begin = (index: number, content_block: JsonObject) =>
  frame({ type: 'content_block_start', index, content_block })
const piece = (index: number, delta: JsonObject) => frame({ type: 'content_block_delta', index, delta })

test('policy sees every string that reaches the model', () => {
  const said = readKnown(anthropicMessages, {
    model: 'claude',
    system: [{ type: 'text', text: 'Be brief' }],
    metadata: { user_id: 'u-1' },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look', cache_control: { type: 'ephemeral' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(400) } },
          { type: 'document', title: 'T', source: { type: 'text', media_type: 'text/plain', data: 'Doc' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'opaque' },
          { type: 'tool_use', id: 't1', name: 'search', input: { q: 'cats', deep: [{ a: 'b' }] } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'Found' }] },
          { type: 'tool_result', tool_use_id: 't1', content: 'Plain' },
        ],
      },
    ],
    tools: [
      {
        name: 'search',
        description: 'Searches',
        input_schema: { properties: { q: { description: 'Query' } } },
        input_examples: [{ q: 'dogs' }],
      },
    ],
  })
  assert.deepEqual(
    said.map(({ path, text, role, kind, tool }) => [path, text, role, kind, tool]).toSorted(),
    [
      ['/system/0/text', 'Be brief', 'system', 'text', undefined],
      ['/messages/0/content/0/text', 'Look', 'user', 'text', undefined],
      ['/messages/0/content/1/source/type', 'base64', 'user', 'text', undefined],
      ['/messages/0/content/1/source/media_type', 'image/png', 'user', 'text', undefined],
      ['/messages/0/content/2/title', 'T', 'user', 'text', undefined],
      ['/messages/0/content/2/source/data', 'Doc', 'user', 'text', undefined],
      ['/messages/1/content/0/thinking', 'Hm', 'assistant', 'text', undefined],
      ['/messages/1/content/2/input/q', 'cats', 'assistant', 'tool-arguments', 'search'],
      ['/messages/1/content/2/input/deep/0/a', 'b', 'assistant', 'tool-arguments', 'search'],
      ['/messages/2/content/0/content/0/text', 'Found', 'tool', 'tool-result', 'search'],
      ['/messages/2/content/1/content', 'Plain', 'tool', 'tool-result', 'search'],
      ['/tools/0/description', 'Searches', 'system', 'tool-definition', 'search'],
      ['/tools/0/input_schema/properties/q/description', 'Query', 'system', 'tool-definition', 'search'],
      ['/tools/0/input_examples/0/q', 'dogs', 'system', 'tool-definition', 'search'],
      ['/metadata/user_id', 'u-1', 'unknown', 'text', undefined],
    ].toSorted(),
  )
})

test('a stream is read in pieces, folded, and followed', () => {
  const frames = [
    start,
    begin(0, { type: 'thinking', thinking: '', signature: '' }),
    piece(0, { type: 'thinking_delta', thinking: 'Hm' }),
    piece(0, { type: 'signature_delta', signature: 'S' }),
    begin(1, { type: 'text', text: '' }),
    piece(1, { type: 'text_delta', text: 'Hel' }),
    piece(1, { type: 'text_delta', text: 'lo' }),
    piece(1, { type: 'citations_delta', citation: { cited_text: 'x' } }),
    begin(2, { type: 'tool_use', id: 't', name: 'f', input: {} }),
    piece(2, { type: 'input_json_delta', partial_json: '{"a"' }),
    piece(2, { type: 'input_json_delta', partial_json: ':1}' }),
    piece(9, { type: 'text_delta', text: 'of no block' }),
    frame({
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 4, input_tokens: null, output_tokens_details: { thinking_tokens: 1 } },
    }),
    frame({ type: 'message_stop' }),
  ]
  const assembler = anthropicMessages.createAssembler()
  const follower = anthropicMessages.createFollower()
  for (const it of frames) {
    assembler.push(it)
    follower.push(it)
  }
  const channels = frames
    .flatMap((it) => anthropicMessages.frameTexts(it))
    .map(({ channel, text }) => [channel, text])
  assert.deepEqual(channels, [
    ['/content/0/thinking', 'Hm'],
    ['/content/1/text', 'Hel'],
    ['/content/1/text', 'lo'],
    ['/content/1/citations/cited_text', 'x'],
    ['/content/2/input', '{"a"'],
    ['/content/2/input', ':1}'],
    ['/content/9/text', 'of no block'],
  ])
  assert.deepEqual(assembler.result(), {
    id: 'msg_1',
    model: 'claude',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'S' },
      { type: 'text', text: 'Hello', citations: [{ cited_text: 'x' }] },
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    stop_sequence: null,
    usage: {
      input_tokens: 5,
      cache_read_input_tokens: 3,
      output_tokens: 4,
      output_tokens_details: { thinking_tokens: 1 },
    },
  })
  const usage = {
    inputTokens: 8,
    outputTokens: 4,
    cachedInputTokens: 3,
    reasoningTokens: 1,
    estimated: false,
  }
  assert.deepEqual(follower.usage(), usage)
  assert.deepEqual(follower.finishReasons(), ['tool_use'])
  assert.ok(anthropicMessages.isTerminator(frames.at(-1) ?? start))
})

test('a blocked stream closes what is open and ends as a refusal', () => {
  const follower = anthropicMessages.createFollower()
  for (const it of [start, begin(0, { type: 'text', text: '' })]) follower.push(it)
  assert.equal(follower.isComplete(), false)
  const events = (text: string) => [...text.matchAll(/event: (\w+)/g)].map(([, event]) => event)
  const ending = follower.blockedEnding({ id: 'x', model: 'y', createdSeconds: 1 }, 'No cards')
  assert.deepEqual(events(ending), ['content_block_stop', 'message_delta', 'message_stop'])
  assert.match(ending, /"stop_reason":"refusal".*"explanation":"No cards"/)
  const unbegun = anthropicMessages
    .createFollower()
    .blockedEnding({ id: 'x', model: 'y', createdSeconds: 1 }, 'No')
  assert.deepEqual(events(unbegun), ['message_start', 'message_delta', 'message_stop'])
})

test('arguments that break off stay text', () => {
  const assembler = anthropicMessages.createAssembler()
  for (const it of [
    start,
    begin(0, { type: 'tool_use', id: 't', name: 'f', input: {} }),
    piece(0, { type: 'input_json_delta', partial_json: '{"card":"4111' }),
  ]) {
    assembler.push(it)
  }
  const [text] = anthropicMessages.responseTexts(assembler.result())
  assert.deepEqual(
    [text?.path, text?.text, text?.kind],
    ['/content/0/input', '{"card":"4111', 'tool-arguments'],
  )
})

test('errors have the shape that Anthropic clients read', () => {
  const error = {
    status: 403,
    type: 'policy_violation',
    code: 'blocked_by_policy',
    message: 'No',
    param: null,
  }
  const body = {
    type: 'error',
    error: { type: 'permission_error', message: 'No', code: 'blocked_by_policy' },
    request_id: null,
  }
  assert.deepEqual(JSON.parse(anthropicMessages.errorBody(error)), body)
  assert.equal(anthropicMessages.errorFrames(error), `event: error\ndata: ${JSON.stringify(body)}\n\n`)
})

/** What a request says at the places that the format knows, without what cannot be read. */
function readKnown(format: WireFormat, body: JsonObject) {
  return readRequestTexts(format, body).texts.filter(({ kind }) => kind !== 'unknown')
}
