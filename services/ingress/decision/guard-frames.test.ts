import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet, createStreamGuard } from '@airs-cp/policy-engine'
import { createSseParser, type FormatId, formats, type JsonObject, sseText } from '@airs-cp/providers'
import { createFrameGuard } from './guard-frames.ts'

const subject = { tenant: 'default', providers: ['mock'], tags: [] }
const address = 'ann.smith@example.com'
const guardBy = (document: string) =>
  createStreamGuard(
    compilePolicySet({ version: 1, mode: 'enforce', policies: [{ name: 'p', version: 1, document }] }),
    subject,
    'key',
  )!
const redacting = 'name: p\nmode: enforce\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\n'
const blocking = redacting.replace('redact', 'block')
const careful = `name: p
mode: enforce
detectors: [{ detector: tool-call, deny: ['*_all'], arguments: [{ path: $.command, matches: 'rm -rf' }] }]
action: block
`

/** Sends events through the guard, and tells what came out. */
function pass(id: FormatId, events: (JsonObject | string)[], document = redacting) {
  const guard = guardBy(document)
  const frames = createFrameGuard(formats[id], { ...guard, hasRestored: () => false })
  const stream = events.map((event) =>
    sseText(event, typeof event === 'string' ? undefined : String(event.type)),
  )
  const passed = createSseParser()
    .push(Buffer.from(stream.join('')))
    .flatMap((frame) => frames.push(frame))
  return {
    raw: passed.map(({ raw }) => raw.toString()).join(''),
    events: passed.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data)),
    blocked: frames.blockedMessage(),
    ending: frames.blockedEnding({ id: 'x', model: 'm', createdSeconds: 1 }, 'No'),
    decision: guard.decision(),
    hasChanged: frames.hasChanged(),
  }
}

const chunk = (delta: JsonObject, finish_reason: string | null = null, index = 0): JsonObject => ({
  id: 'c',
  choices: [{ index, delta, finish_reason }],
})

test('text that comes after its choice is finished, or after the end, does not pass', () => {
  for (const end of [chunk({}, 'stop'), '[DONE]']) {
    const { raw, blocked } = pass('openai.chat', [
      chunk({ content: 'to ann.smith@' }),
      end,
      chunk({ content: 'example.com' }),
    ])
    assert.doesNotMatch(raw, /example/)
    assert.match(blocked ?? '', /goes on after its end/)
  }
})

test('fields that no format knows are judged like others', () => {
  const { raw } = pass('openai.chat', [
    chunk({ musings: 'ann.sm' }),
    chunk({ musings: 'ith@example.com' }),
    chunk({ annotations: [{ type: 'url_citation', url_citation: { title: `by ${address}` } }] }),
    chunk({}, 'stop'),
    '[DONE]',
  ])
  assert.match(raw, /"musings":"\[EMAIL_1\]"/)
  assert.match(raw, /"title":"by \[EMAIL_1\]"/)
  assert.doesNotMatch(raw, /example/)
})

test('whole texts that some servers tell once more are judged like their pieces', () => {
  const last = {
    index: 0,
    delta: {},
    finish_reason: 'stop',
    message: { content: `to ${address}`, tool_calls: [] },
  }
  const chat = pass('openai.chat', [
    chunk({ content: `to ${address}` }),
    { id: 'c', choices: [last] },
    '[DONE]',
  ])
  assert.equal(chat.events.at(-1).choices[0].message.content, 'to [EMAIL_1]')
  const { response, ...end } = completed(messageOf(`to ${address}`))
  const { events } = pass('openai.responses', [
    ...begun,
    delta(`to ${address}`),
    { ...end, response: { ...response, output_text: `to ${address}` } },
  ])
  assert.equal(events.at(-1).response.output_text, 'to [EMAIL_1]')
  assert.equal(events.at(-1).response.output[0].content[0].text, 'to [EMAIL_1]')
})

test('blocks of Anthropic that come whole, and citations, are judged too', () => {
  const { raw, blocked } = pass('anthropic.messages', [
    { type: 'message_start', message: { id: 'm', content: [], usage: {} } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: {
        type: 'code_execution_tool_result',
        tool_use_id: 't',
        content: { type: 'code_execution_result', stdout: `mail: ${address}` },
      },
    },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'citations_delta', citation: { type: 'char_location', cited_text: `by ${address}` } },
    },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_stop' },
  ])
  assert.equal(blocked, undefined)
  assert.match(raw, /"stdout":"mail: \[EMAIL_1\]"/)
  assert.match(raw, /"cited_text":"by \[EMAIL_1\]"/)
})

const place = { item_id: 'i', output_index: 0, content_index: 0 }
const begun = [
  { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { id: 'i', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
  },
  { type: 'response.content_part.added', ...place, part: { type: 'output_text', text: '', annotations: [] } },
]
const delta = (text: string) => ({ type: 'response.output_text.delta', ...place, delta: text })
const messageOf = (text: string, annotations: JsonObject[] = []) => ({
  id: 'i',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations }],
})
const completed = (...output: JsonObject[]) => ({
  type: 'response.completed',
  response: { id: 'r', status: 'completed', output },
})

test('a whole that says otherwise than its pieces is judged by itself', () => {
  const { events, blocked, decision } = pass('openai.responses', [
    ...begun,
    delta('Hello'),
    { type: 'response.output_text.done', ...place, text: 'Hello' },
    completed(messageOf(`Hello, ${address}`)),
  ])
  assert.equal(blocked, undefined)
  assert.equal(events.at(-1).response.output[0].content[0].text, 'Hello, [EMAIL_1]')
  assert.equal(decision.findings[0]?.path, '/output/0/content/0/text')
})

test('citations before a change stay, and those behind it are left out', () => {
  const cites = (start_index: number, end_index: number) => ({
    type: 'url_citation',
    url: 'https://x.test',
    start_index,
    end_index,
  })
  const added = (annotation: JsonObject, annotation_index: number) => ({
    type: 'response.output_text.annotation.added',
    ...place,
    annotation_index,
    annotation,
  })
  const text = `See here: ${address} and there.`
  const { events } = pass('openai.responses', [
    ...begun,
    delta('See here: '),
    added(cites(0, 8), 0),
    delta(`${address} and there.`),
    added(cites(36, 41), 1),
    { type: 'response.output_text.done', ...place, text },
    completed(messageOf(text, [cites(0, 8), cites(36, 41)])),
  ])
  assert.equal(events.filter(({ type }) => type.endsWith('annotation.added')).length, 1)
  assert.deepEqual(events.at(-1).response.output[0].content[0], {
    type: 'output_text',
    text: 'See here: [EMAIL_1] and there.',
    annotations: [cites(0, 8)],
  })
})

test('calls are judged wherever their arguments stand', () => {
  const call = { id: 'f', type: 'function_call', call_id: 'k', name: 'run' }
  const args = '{"command":"rm -rf /"}'
  const item = (told: JsonObject, type = 'response.output_item.done') => ({
    type,
    output_index: 0,
    item: told,
  })
  const shell = { id: 's', type: 'shell_call', call_id: 'k', action: { command: 'rm -rf /' } }
  const block = { type: 'tool_use', id: 't', name: 'run', input: { command: 'rm -rf /' } }
  const cases: [FormatId, (JsonObject | string)[]][] = [
    ['openai.responses', [item({ ...call, arguments: args })]],
    ['openai.responses', [completed({ ...call, arguments: args })]],
    [
      'openai.responses',
      [item({ ...call, arguments: '' }, 'response.output_item.added'), item({ ...call, arguments: args })],
    ],
    ['openai.responses', [item(shell)]],
    [
      'anthropic.messages',
      [
        { type: 'content_block_start', index: 0, content_block: block },
        { type: 'content_block_stop', index: 0 },
      ],
    ],
    ['openai.chat', [chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] }), '[DONE]']],
  ]
  for (const [id, events] of cases) {
    const { raw, blocked } = pass(id, events, careful)
    assert.equal(blocked, 'Blocked by policy p', JSON.stringify(events))
    assert.doesNotMatch(raw, /rm -rf/)
  }
})

test('arguments flow where policies judge them as text only', () => {
  const called = (text: string) =>
    chunk({ tool_calls: [{ index: 0, function: { name: 'send', arguments: text } }] })
  const { events } = pass('openai.chat', [called('{"body":"plain words'), called(`, ${address}"}`)])
  assert.equal(events[0].choices[0].delta.tool_calls[0].function.arguments, '{"body":"plain ')
})

test('what shares a frame with what blocks counts as withheld', () => {
  const choice = (index: number, content: string) => ({ index, delta: { content }, finish_reason: null })
  const { raw, decision } = pass(
    'openai.chat',
    [{ id: 'c', choices: [choice(0, 'Plain words. '), choice(1, `${address} `)] }],
    blocking,
  )
  assert.equal(raw, '')
  assert.equal(decision.scanned.withheld, decision.scanned.seen)
})

test('a blocked answer of the Responses API tells in the end what was released of it', () => {
  const { ending } = pass('openai.responses', [...begun, delta('Write to '), delta(`${address} `)], blocking)
  const event = JSON.parse(ending.split('data: ')[1]!)
  assert.deepEqual(event.response.output, [{ ...messageOf('Write to '), status: 'incomplete' }])
})

test('a stream in which nothing is found passes byte for byte', () => {
  const { hasChanged } = pass('openai.responses', [
    ...begun,
    { ...delta('Hello. '), logprobs: [] },
    { type: 'response.output_text.done', ...place, text: 'Hello. ' },
    completed(messageOf('Hello. ')),
  ])
  assert.equal(hasChanged, false)
})
