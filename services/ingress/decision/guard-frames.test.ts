import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet, createStreamGuard } from '@airs-cp/policy-engine'
import {
  createSseParser,
  type FormatId,
  formats,
  type JsonObject,
  sseText,
  translatorBetween,
} from '@airs-cp/providers'
import fc from 'fast-check'
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

/** Sends events through the guard, and returns what came out. */
function pass(id: FormatId, events: (JsonObject | string)[], document = redacting, isOver = false) {
  const guard = guardBy(document)
  const frames = createFrameGuard(formats[id], guard)
  const stream = events.map((event) =>
    sseText(event, typeof event === 'string' || event.type === undefined ? undefined : String(event.type)),
  )
  const came = createSseParser().push(Buffer.from(stream.join('')))
  const passed = [...came.flatMap((frame) => frames.push(frame)), ...(isOver ? frames.end() : [])]
  return {
    raw: passed.map(({ raw }) => raw.toString()).join(''),
    events: passed.filter(({ data }) => !data.startsWith('[DONE]')).map(({ data }) => JSON.parse(data)),
    blocked: frames.blockedMessage(),
    ending: frames.blockedEnding({ id: 'x', model: 'm', createdSeconds: 1 }, 'No'),
    decision: guard.decision(),
    hasChanged: frames.hasChanged(),
  }
}

const contentOf = (events: { choices: { delta: { content?: string } }[] }[]) =>
  events.map(({ choices }) => choices[0]!.delta.content ?? '').join('')

const chunk = (delta: JsonObject, finish_reason: string | null = null, index = 0): JsonObject => ({
  id: 'c',
  choices: [{ index, delta, finish_reason }],
})

test('text that comes after its choice is finished is judged with what came before, and behind the end nothing passes', () => {
  const went = [
    chunk({ content: 'to ann.smith@' }, 'stop'),
    chunk({}, 'stop'),
    chunk({ content: 'example.com, ' }, 'stop'),
  ]
  const { events, blocked } = pass('openai.chat', [...went, chunk({ content: 'then' }, 'stop'), '[DONE]'])
  assert.equal(blocked, undefined)
  assert.equal(contentOf(events), 'to [EMAIL_1], then')
  const late = pass('openai.chat', [
    chunk({ content: 'to ann.smith@' }),
    '[DONE]',
    chunk({ content: 'example.com' }),
  ])
  assert.equal(late.blocked, undefined)
  assert.equal(contentOf(late.events), 'to ann.smith@')
})

test('what stands beside the data of a frame is judged, whatever bytes the data has', () => {
  const beside = `: ${address}\n`
  const bytes = Buffer.concat([
    Buffer.from(`${beside}data: {"choices":[],"x":"`),
    Buffer.alloc(beside.length / 2, 0xff),
    Buffer.from('"}\n\n'),
  ])
  const frames = createFrameGuard(formats['openai.chat'], guardBy(redacting))
  const passed = frames.push(...createSseParser().push(bytes))
  assert.equal(passed.length, 1)
  assert.doesNotMatch(passed.map(({ raw }) => raw.toString()).join(), /ann/)
})

test('what goes on after its end is withheld where a match began before it', () => {
  const block = (index: number, text: string) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'text_delta', text },
  })
  const began = [
    { type: 'message_start', message: { id: 'm', content: [], usage: {} } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    block(0, 'to ann.smith@'),
    { type: 'content_block_stop', index: 0 },
  ]
  const harmless = pass('anthropic.messages', [...began, block(0, ' and more'), { type: 'message_stop' }])
  assert.equal(harmless.blocked, undefined)
  assert.match(harmless.raw, / and more/)
  const split = pass('anthropic.messages', [...began, block(0, 'example.com, now'), { type: 'message_stop' }])
  assert.match(split.blocked ?? '', /went on after its end/)
  assert.doesNotMatch(split.raw, /example/)
})

test('a stream that official clients accept passes byte for byte, whatever is odd about it', () => {
  const odd = (...events: (JsonObject | string)[]) => {
    const { raw, blocked, hasChanged } = pass('openai.chat', events)
    assert.deepEqual([blocked, hasChanged], [undefined, false])
    assert.equal(raw, events.map((event) => sseText(event)).join(''))
  }
  const called = (call: JsonObject) => chunk({ tool_calls: [call] })
  odd(
    chunk({ content: 'The ' }, 'stop'),
    chunk({ content: 'whole ' }, 'stop'),
    chunk({ content: 'answer' }, 'stop'),
    '[DONE] ',
  )
  odd(
    called({ index: 0, id: 'a', function: { name: 'f', arguments: '{"a' } }),
    called({ index: 0, id: '', function: { name: '', arguments: '":1}' } }),
    called({ id: 'b', function: { name: 'g', arguments: '{}' } }),
    called({ index: 0, id: 'c', function: { name: 'f', arguments: '{"b":1.0}' } }),
    chunk({}, 'tool_calls'),
    '[DONE]',
  )
  odd(
    {
      id: 'c',
      novel: 1e2,
      choices: [{ index: 0, delta: { content: 'so long,' }, logprobs: { content: [{ token: 'so long,' }] } }],
    },
    '[DONE]',
  )
})

test('every string and name of every frame is judged, or named', () => {
  const places: ((value: string) => JsonObject)[] = [
    (value) => ({ id: value, choices: [] }),
    (value) => ({ id: 'c', model: value, choices: [] }),
    (value) => ({ ...chunk({}), citations: [value] }),
    (value) => ({ ...chunk({}), search_results: [{ title: `by ${value}` }] }),
    (value) => ({ ...chunk({}), [value]: 1 }),
    (value) => ({ id: 'c', choices: [{ index: 0, text: value }] }),
    (value) => ({ id: 'c', choices: [{ index: 0, delta: { role: value } }] }),
    (value) => ({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: value }] }),
    (value) => chunk({ annotations: [{ deep: [{ [value]: value }] }] }),
    (value) => chunk({ tool_calls: [{ index: 0, id: value, function: { name: 'f', arguments: '' } }] }),
  ]
  for (const place of places)
    for (const before of [[], [chunk({ content: 'so' }), chunk({ content: 'much' })]]) {
      const { raw, blocked } = pass('openai.chat', [...before, place(address), '[DONE]'])
      assert.equal(blocked, undefined)
      assert.doesNotMatch(raw, /example/, JSON.stringify(place(address)))
      assert.match(raw, /EMAIL_1/)
    }
  const { raw } = pass('openai.chat', ['[DONE]'])
  assert.equal(raw, 'data: [DONE]\n\n')
})

test('what is changed beside a piece of text is changed in every frame that has it', () => {
  for (const beside of [{ id: address }, { model: `by ${address}` }, { [address]: 1 }]) {
    const events = ['so', 'much', 'more'].map((content) => ({ ...chunk({ content }), ...beside }))
    const { raw, blocked } = pass('openai.chat', [...events, '[DONE]'])
    assert.equal(blocked, undefined)
    assert.doesNotMatch(raw, /example/)
    assert.equal(raw.split('[EMAIL_1]').length, 4)
  }
  const restorations = new Map([['[EMAIL_1]', address]])
  const frames = createFrameGuard(formats['openai.chat'], undefined, restorations)
  const sent = ['so', 'much'].map((content) => sseText({ ...chunk({ content }), id: '[EMAIL_1]' }))
  const passed = frames.push(...createSseParser().push(Buffer.from(sent.join(''))))
  for (const { data } of passed) assert.equal(JSON.parse(data).id, address)
})

test('a piece is a piece, whatever else stands beside it', () => {
  const pieces = [`to ${address.slice(0, 12)}`, `${address.slice(12)}, now`]
  const text = (more: object) => (delta: string) => ({
    ...{
      type: 'response.output_text.delta',
      item_id: 'i',
      output_index: 0,
      content_index: 0,
      delta,
      ...more,
    },
  })
  const places: [FormatId, (piece: string) => JsonObject][] = [
    ...[{ response: {} }, { item: {} }, { part: {} }, { annotation: {} }].map(
      (more): [FormatId, (piece: string) => JsonObject] => ['openai.responses', text(more)],
    ),
    [
      'anthropic.messages',
      (piece) => ({
        ...{ type: 'content_block_delta', index: 0 },
        delta: { type: 'text_delta', text: piece, citation: {} },
      }),
    ],
    ['openai.chat', (content) => ({ id: 'c', choices: [{ index: 0, delta: null, message: { content } }] })],
  ]
  for (const [id, place] of places) {
    const { raw } = pass(id, pieces.map(place))
    assert.doesNotMatch(raw, /ann.smith|example/, `${id}: ${JSON.stringify(place('x'))}`)
  }
})

test('what stands beside the data of a frame is judged too', () => {
  const frames = createFrameGuard(formats['openai.chat'], guardBy(redacting))
  const sent = [
    `: ${address}\n\n`,
    `id: ${address}\ndata: {"choices":[]}\n\n`,
    ': ping\n\n',
    'id: 7\ndata: {"choices":[]}\n\n',
  ]
  const passed = createSseParser()
    .push(Buffer.from(sent.join('')))
    .flatMap((frame) => frames.push(frame))
  assert.deepEqual(
    passed.map(({ raw }) => String(raw)),
    ['data: {"choices":[]}\n\n', sent[2], sent[3]],
  )
})

test('names with escapes, and names that occur twice, hide nothing', () => {
  const run = (data: string, document: string) => {
    const frames = createFrameGuard(formats['openai.chat'], guardBy(document))
    const passed = createSseParser()
      .push(Buffer.from(`data: ${data}\n\ndata: [DONE]\n\n`))
      .flatMap((frame) => frames.push(frame))
    return { blocked: frames.blockedMessage(), raw: passed.map(({ raw }) => String(raw)).join('') }
  }
  const call =
    '{"choices":[{"index":0,"delta":{"tool\\u005fcalls":[{"index":0,"function":{"name":"rm_all","arguments":"{}"}}]}}]}'
  assert.equal(run(call, careful).blocked, 'Blocked by policy p')
  const twice = `{"choices":[{"index":0,"delta":{"content":"${address}","content":"x"}}]}`
  assert.match(run(twice, redacting).blocked ?? '', /could not be judged/)
})

test('numbers of events stay continuous where one is left out', () => {
  const numbered = (events: JsonObject[]) =>
    events.map((event, sequence_number) => ({ ...event, sequence_number }))
  const text = `to ${address} now`
  const annotation = { type: 'url_citation', start_index: 26, end_index: 29 }
  const { events } = pass(
    'openai.responses',
    numbered([
      ...begun,
      delta('to ann.smith'),
      delta('@example.com now'),
      { type: 'response.output_text.annotation.added', ...place, annotation_index: 0, annotation },
      { type: 'response.output_text.done', ...place, text },
      completed(messageOf(text, [annotation])),
    ]),
  )
  assert.deepEqual(
    events.map(({ sequence_number }) => sequence_number),
    [...events.keys()],
  )
  assert.deepEqual(events.at(-1).response.output, [messageOf('to [EMAIL_1] now')])
  assert.equal(
    events
      .filter(({ type }) => type.endsWith('.delta'))
      .map((it) => it.delta)
      .join(''),
    'to [EMAIL_1] now',
  )
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

test('every string of a delta is a piece, however deep it stands and however its frame says what it is', () => {
  const pieces = ['to ann.sm', 'ith@exam', 'ple.com.']
  const start = { type: 'message_start', message: { id: 'm', content: [], usage: {} } }
  const messages = (of: (piece: string) => JsonObject) => [
    sseText(start, 'message_start'),
    ...pieces.map((piece) => sseText(of(piece), 'content_block_delta')),
    sseText({ type: 'message_stop' }, 'message_stop'),
  ]
  const type = 'content_block_delta'
  const responses = (type: string, of: (piece: string) => JsonObject) =>
    pieces.map((piece) => sseText(of(piece), type))
  const streams: [FormatId, string[]][] = [
    ['anthropic.messages', messages((text) => ({ type, delta: { type: 'text_delta', text } }))],
    ['anthropic.messages', messages((text) => ({ type, index: '0', delta: { type: 'text_delta', text } }))],
    ['anthropic.messages', messages((text) => ({ index: 0, delta: { type: 'text_delta', text } }))],
    ['anthropic.messages', messages((text) => ({ type, index: 0, delta: { type: 'new', to: { text } } }))],
    ['anthropic.messages', messages((text) => ({ type, index: 0, delta: { type: 'new', to: [{ text }] } }))],
    [
      'openai.responses',
      responses('response.reasoning_summary.delta', (text) => ({
        type: 'response.reasoning_summary.delta',
        delta: { text },
      })),
    ],
    [
      'openai.responses',
      responses('response.mcp_call.arguments_delta', (delta) => ({
        type: 'response.mcp_call.arguments_delta',
        delta,
      })),
    ],
    ['openai.responses', responses('response.output_text.delta', (delta) => ({ output_index: 0, delta }))],
    [
      'gemini.generate-content',
      pieces.map((stringValue) => {
        const functionCall = { partialArgs: [{ jsonPath: '$.to', stringValue, willContinue: true }] }
        return sseText({ candidates: [{ content: { parts: [{ functionCall }] } }] })
      }),
    ],
    ...[
      (text: string) => ({ choices: [{ index: 0, delta: { notes: [{ text }] } }] }),
      (text: string) => ({ choices: [{ index: 0, delta: { notes: [[text]] } }] }),
      (content: string) => ({ choices: [{ index: 0, message: { content } }] }),
    ].map((of): [FormatId, string[]] => ['openai.chat', pieces.map((piece) => sseText(of(piece)))]),
    ...[
      (code: string) => ({ content: { parts: [{ executableCode: { language: 'PYTHON', code } }] } }),
      (output: string) => ({
        content: { parts: [{ codeExecutionResult: { outcome: 'OUTCOME_OK', output } }] },
      }),
      (finishMessage: string) => ({ finishMessage }),
    ].map((of): [FormatId, string[]] => [
      'gemini.generate-content',
      pieces.map((piece) => sseText({ candidates: [of(piece)] })),
    ]),
  ]
  for (const [id, stream] of streams) {
    const frames = createFrameGuard(formats[id], guardBy(redacting))
    const passed = createSseParser()
      .push(Buffer.from(stream.join('')))
      .flatMap((frame) => frames.push(frame))
    const raw = [...passed, ...frames.end()].map(({ raw }) => String(raw)).join('')
    assert.equal(frames.blockedMessage(), undefined)
    assert.match(raw, /to \[EMAIL_1\]/, stream[1])
    assert.doesNotMatch(raw, /ith|ple/, stream[1])
  }
})

test('a call in a message of a chunk without a delta is reported to rules on tools', () => {
  const tool_calls = [{ id: 'k', type: 'function', function: { name: 'delete_all', arguments: '{}' } }]
  const { raw, blocked } = pass(
    'openai.chat',
    [{ choices: [{ index: 0, message: { tool_calls } }] }],
    careful,
  )
  assert.ok(blocked)
  assert.equal(raw, '')
})

test("arguments of Gemini's calls that come in pieces are put together for rules and conditions on them", () => {
  const called = (functionCall: JsonObject) => ({ candidates: [{ content: { parts: [{ functionCall }] } }] })
  const piece = (jsonPath: string, stringValue: string) =>
    called({ partialArgs: [{ jsonPath, stringValue, willContinue: true }], willContinue: true })
  const events = (of: string) => [
    called({ name: 'run', willContinue: true }),
    ...['rm ', of, ' /'].map((text) => piece('$.command', text)),
    piece('$.list[0]', 'a'),
    called({}),
    { candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: {} },
  ]
  const condition = `name: p
mode: enforce
direction: response
when: toolCalls.exists(c, has(c.arguments.command) && c.arguments.command.startsWith("rm -rf /"))
action: block
`
  for (const document of [careful, condition]) {
    assert.ok(pass('gemini.generate-content', events('-rf'), document, true).blocked)
    assert.equal(pass('gemini.generate-content', events('-i'), document, true).blocked, undefined)
  }
})

test("code that Gemini's provider runs is a call of its tool, with the code for an argument", () => {
  const coded = (code: string) => [
    { candidates: [{ content: { parts: [{ executableCode: { language: 'PYTHON', code } }] } }] },
    { candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: {} },
  ]
  const documents = [
    "detectors: [{ detector: tool-call, arguments: [{ path: $.code, matches: 'rm -rf' }] }]",
    "direction: response\nwhen: toolCalls.exists(c, c.name == 'codeExecution' && c.arguments.code.contains('rm -rf'))",
  ].map((rest) => `name: p\nmode: enforce\naction: block\n${rest}\n`)
  for (const document of documents) {
    const { blocked, raw } = pass('gemini.generate-content', coded('rm -rf /'), document, true)
    assert.ok(blocked)
    assert.doesNotMatch(raw, /rm -rf/)
    assert.equal(pass('gemini.generate-content', coded('ls'), document, true).blocked, undefined)
  }
  const pieces = (...codes: string[]) => [...codes.flatMap((code) => coded(code)[0]!), coded('')[1]!]
  for (const document of documents) {
    assert.ok(pass('gemini.generate-content', pieces('rm ', '-rf', ' /'), document, true).blocked, document)
    assert.equal(
      pass('gemini.generate-content', pieces('rm ', '-i', ' /'), document, true).blocked,
      undefined,
    )
  }
  const denied = documents[0]!.replace(/arguments:.*\] /, 'deny: [code_execution] ')
  const both = { executableCode: { code: 'ls' }, functionCall: { name: 'drop_all', args: {} } }
  const dropped = documents[0]!.replace(/arguments:.*\] /, 'deny: [drop_all] ')
  const [first, last] = coded('ls')
  const beside = [first!, { candidates: [{ content: { parts: [both] } }] }, last!]
  assert.ok(pass('gemini.generate-content', beside, dropped, true).blocked)
  assert.ok(pass('gemini.generate-content', coded('ls'), denied, true).blocked)
})

test('thinking that was translated for a client of Anthropic is redacted, and signatures of Gemini stay', () => {
  const chat = ['to ann.sm', 'ith@exam', 'ple.com.'].map((reasoning_content) => chunk({ reasoning_content }))
  const parts = ['to ann.sm', 'ith@exam', 'ple.com.'].map((text) => ({ text, thought: true }) as JsonObject)
  const call = { functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2lnbmVk' }
  const gemini = [...parts, call].map((part) => ({ candidates: [{ content: { parts: [part] } }] }))
  const end = { candidates: [{ content: { parts: [] }, finishReason: 'STOP' }], usageMetadata: {} }
  const streams: [FormatId, (JsonObject | string)[]][] = [
    ['openai.chat', [...chat, chunk({ content: 'Yes.' }), chunk({}, 'stop'), '[DONE]']],
    ['gemini.generate-content', [...gemini, end]],
  ]
  for (const [provider, events] of streams) {
    const translator = translatorBetween('anthropic.messages', provider)!
    const options = { createdSeconds: 1, includeUsage: true, toolNames: new Map() }
    const translated = (document: string) => {
      const stream = translator.createStream(options)
      const frames = createFrameGuard(formats['anthropic.messages'], guardBy(document))
      const came = createSseParser().push(Buffer.from(events.map((event) => sseText(event)).join('')))
      const written = [...came.flatMap((frame) => stream.push(frame)), ...stream.end()]
      const passed = [...written.flatMap((frame) => frames.push(frame)), ...frames.end()]
      return { raw: passed.map(({ raw }) => String(raw)).join(''), blocked: frames.blockedMessage() }
    }
    const { raw, blocked } = translated(redacting)
    assert.equal(blocked, undefined)
    assert.match(raw, /"thinking":"to \[EMAIL_1\]/, provider)
    assert.doesNotMatch(raw, /ith@|ple\.com/, provider)
    assert.equal(raw.includes('"signature":"gemini-c2lnbmVk"'), provider !== 'openai.chat')
    assert.ok(translated(blocking).blocked)
  }
  const { raw, decision } = pass('anthropic.messages', [
    { type: 'message_start', message: { id: 'm', content: [], usage: {} } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'thinking', thinking: '', signature: '' },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: `to ${address}` } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2lnbmVk' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_stop' },
  ])
  assert.match(raw, new RegExp(address))
  assert.ok(decision.scanned.skipped.some(({ reason }) => reason.startsWith('signed')))
})

test('whole texts that some servers send once more are judged like their pieces', () => {
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
  const item = (said: JsonObject, type = 'response.output_item.done') => ({
    type,
    output_index: 0,
    item: said,
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
  assert.equal(events[0].choices[0].delta.tool_calls[0].function.arguments, '{"body":"plain words')
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

test('a blocked response of the Responses API ends with what was released of it', () => {
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

const transfers = `name: p
mode: enforce
direction: response
when: toolCalls.exists(c, c.name == "transfer" && c.arguments.amount > 1000)
action: block
`

test('calls that a condition decides on wait for the end of the stream, text before them does not', () => {
  const call = (amount: number) => ({
    tool_calls: [{ index: 0, id: 'c', function: { name: 'transfer', arguments: `{"amount":${amount}}` } }],
  })
  for (const amount of [5, 5_000]) {
    const events = [chunk({ content: 'I pay.' }), chunk(call(amount)), chunk({}, 'tool_calls')]
    const open = pass('openai.chat', events, transfers)
    assert.equal(contentOf(open.events), 'I pay.')
    assert.ok(!open.raw.includes('transfer'))
    const whole = pass('openai.chat', [...events, '[DONE]'], transfers)
    assert.equal(whole.raw.includes(`"transfer"`), amount === 5)
    assert.equal(whole.blocked !== undefined, amount > 1_000)
    assert.deepEqual(whole.decision.scanned.held, [{ what: 'calls', policies: ['p'] }])
  }
})

test('the same of blocks of the Messages format, which end without a last frame of their own', () => {
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} }
  const events = (amount: number) => [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I pay.' } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'content_block_start',
      index: 1,
      content_block: { type: 'tool_use', id: 't', name: 'transfer', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 1,
      delta: { type: 'input_json_delta', partial_json: `{"amount":${amount}}` },
    },
    { type: 'content_block_stop', index: 1 },
    { type: 'message_stop' },
  ]
  assert.equal(pass('anthropic.messages', events(5).slice(0, -1), transfers).events.length, 4)
  assert.equal(pass('anthropic.messages', events(5), transfers).events.length, 8)
  const blocked = pass('anthropic.messages', events(5_000), transfers)
  assert.deepEqual([blocked.events.length, blocked.blocked], [4, 'Blocked by policy p'])
  const unbegun = pass('anthropic.messages', events(5_000).slice(1), transfers)
  assert.equal(unbegun.events.length, 3)
  assert.match(unbegun.blocked!, /cannot be put together/)
})

test('a text in a data URL that comes at once is read, changed where it can be, and blocked where it cannot', () => {
  const url = (text: Buffer) => `data:text/plain;base64,${text.toString('base64')}`
  const citing = (cited: string) => chunk({ content: 'See there.', citations: [{ source_url: cited }] })
  const { events } = pass('openai.chat', [
    citing(url(Buffer.from(`to ${address}`))),
    chunk({}, 'stop'),
    '[DONE]',
  ])
  assert.equal(events[0].choices[0].delta.citations[0].source_url, url(Buffer.from('to [EMAIL_1]')))
  const wide = url(Buffer.from(`to ${address}`, 'utf16le'))
  assert.match(pass('openai.chat', [citing(wide)]).blocked!, /cannot be changed/)
  const image = 'data:image/png;base64,iVBORw0KGgo='
  assert.equal(pass('openai.chat', [citing(image), chunk({}, 'stop')]).blocked, undefined)
})

test('what stands behind the word that ends a stream is judged', () => {
  const { raw } = pass('openai.chat', [chunk({ content: 'x' }, 'stop'), `[DONE] ${address}`])
  assert.ok(raw.endsWith('data: [DONE]\n\n') && !raw.includes(address))
  assert.ok(
    pass('openai.chat', [chunk({ content: 'x' }, 'stop'), '[DONE] ']).raw.endsWith('data: [DONE] \n\n'),
  )
})

/** Calls whose name comes in pieces, as the chat format lets them. */
const callsInPieces = (args: string, names: string[], kind: 'function' | 'custom' | 'function_call') =>
  [...names.map((name) => ({ name })), { [kind === 'custom' ? 'input' : 'arguments']: args }].map((called) =>
    chunk(
      kind === 'function_call' ? { function_call: called } : { tool_calls: [{ index: 0, [kind]: called }] },
    ),
  )
const piecesOf = (name: string) =>
  fc.uniqueArray(fc.integer({ min: 1, max: name.length - 1 }), { maxLength: 4 }).map((cuts) => {
    const places = [0, ...cuts.toSorted((a, b) => a - b), name.length]
    return places.slice(1).map((end, index) => name.slice(places[index], end))
  })
const kinds = fc.constantFrom('function', 'custom', 'function_call' as const)

test('the name of a call is judged as clients join it, in however many pieces it comes', () => {
  const named: [name: string, args: string, document: string][] = [
    ['delete_all', '{}', careful],
    [
      'transfer',
      '{"amount":99999}',
      careful.replace(
        "deny: ['*_all'], arguments: [{ path: $.command, matches: 'rm -rf' }]",
        "tools: [transfer], arguments: [{ path: $.amount, matches: '^9' }]",
      ),
    ],
    ['search_web', '{}', careful.replace(/deny: .*\] \}\]/, 'allow: [look_up] }]')],
    [
      'transfer',
      '{"amount":99999}',
      'name: p\nmode: enforce\ndirection: response\nwhen: toolCalls.exists(c, c.name == "transfer" && c.arguments.amount > 9)\naction: block\n',
    ],
    [address, '{}', blocking],
    [address, '{}', redacting],
  ]
  for (const [name, args, document] of named)
    fc.assert(
      fc.property(piecesOf(name), kinds, (names, kind) => {
        fc.pre(name !== address || names.length > 1)
        const { blocked, raw } = pass(
          'openai.chat',
          [...callsInPieces(args, names, kind), '[DONE]'],
          document,
        )
        assert.notEqual(blocked, undefined, `${names.join(' ')} in a ${kind} passed`)
        assert.ok(!raw.includes(args) || args === '{}')
      }),
      { numRuns: 40 },
    )
  const repeated = ['look_up', 'look_up', 'look_up']
  const { blocked } = pass(
    'openai.chat',
    [...callsInPieces('{}', repeated, 'function'), '[DONE]'],
    careful.replace(/deny: .*\] \}\]/, 'allow: [look_up] }]'),
  )
  assert.equal(blocked, undefined)
})

test('headers of a provider are judged before the first frame, but for those that every server sends', () => {
  const headers = {
    'content-type': 'text/event-stream',
    'x-request-id': address,
    'x-note': `by ${address}, ok`,
  }
  const redacted = createFrameGuard(formats['openai.chat'], guardBy(redacting))
  assert.deepEqual(redacted.headers(headers), { ...headers, 'x-note': 'by [EMAIL_1], ok' })
  assert.equal(redacted.hasChanged(), true)
  const blocked = createFrameGuard(formats['openai.chat'], guardBy(blocking))
  assert.deepEqual(Object.keys(blocked.headers(headers)), ['content-type', 'x-request-id'])
  assert.notEqual(blocked.blockedMessage(), undefined)
})

test('tokens that were likely are judged as texts, and log probabilities in which one is redacted are left out', () => {
  const logprobs = { content: [{ token: 'so', top_logprobs: [{ token: address }] }] }
  const choice = { index: 0, delta: { content: 'so' }, logprobs }
  const { events, blocked } = pass('openai.chat', [{ id: 'c', choices: [choice] }, '[DONE]'])
  assert.equal(blocked, undefined)
  assert.deepEqual(events[0].choices, [{ ...choice, logprobs: null }])
  assert.match(
    pass('openai.chat', [{ id: 'c', choices: [choice] }], blocking).blocked ?? '',
    /Blocked by policy/,
  )
})

test('a stream of the Responses API repeats its request, and nothing else in its name', () => {
  const created = {
    type: 'response.created',
    response: { id: 'r', instructions: `to ${address}`, output: [] },
  }
  const passed = (asked: string) => {
    const frames = createFrameGuard(
      ...([formats['openai.responses'], guardBy(redacting), new Map()] as const),
      (text) => text === asked,
    )
    const [frame] = createSseParser().push(Buffer.from(sseText(created, created.type)))
    return JSON.parse(frames.push(frame!)[0]!.data).response.instructions
  }
  assert.equal(passed(`to ${address}`), `to ${address}`)
  assert.equal(passed('to nobody'), 'to [EMAIL_1]')
})

const longText = (to: number) => `${'s'.repeat(16_384 - to)} ${address} ${'so '.repeat(9_000)}`
const longArguments = JSON.stringify({ said: longText(9), command: 'rm -rf /' })
const longFrames: [FormatId, JsonObject[], string][] = [
  ...[0, 1, 5, 12, 21, 22, 40].map((to): [FormatId, JsonObject[], string] => [
    'openai.chat',
    [chunk({ content: longText(to) })],
    redacting,
  ]),
  ['openai.chat', [chunk({ content: longText(9) }, 'stop'), chunk({ content: 'on' }, null, 1)], redacting],
  ['openai.chat', [chunk({ content: longText(9) }), chunk({ content: 'and' })], blocking],
  [
    'openai.chat',
    [
      chunk({
        tool_calls: [{ index: 0, id: 'c', function: { name: 'run', arguments: longArguments } }],
      }),
      chunk({}, 'tool_calls'),
    ],
    careful,
  ],
  [
    'openai.responses',
    [
      {
        type: 'response.output_text.done',
        output_index: 0,
        content_index: 0,
        item_id: 'i',
        text: longText(9),
      },
    ],
    redacting,
  ],
  [
    'gemini.generate-content',
    [{ candidates: [{ content: { parts: [{ text: longText(9) }] }, finishReason: 'STOP' }] }],
    redacting,
  ],
  [
    'gemini.generate-content',
    [
      {
        candidates: [
          {
            content: { parts: [{ functionCall: { name: 'run', args: JSON.parse(longArguments) } }] },
            finishReason: 'STOP',
          },
        ],
      },
    ],
    careful,
  ],
]

test('arguments that came in short pieces are judged in slices when they are complete', () => {
  const text = JSON.stringify({ note: longText(9).repeat(3), command: 'rm -rf /' })
  const call = (args: string, more: JsonObject = {}) =>
    chunk({ tool_calls: [{ index: 0, ...more, function: { name: 'run', arguments: args } }] })
  const pieces = text.match(/.{1,5000}/gs)!.map((piece) => call(piece))
  const came = createSseParser().push(
    Buffer.from(
      [call('', { id: 'c' }), ...pieces, chunk({}, 'tool_calls'), '[DONE]'].map((it) => sseText(it)).join(''),
    ),
  )
  const guard = guardBy(careful)
  const frames = createFrameGuard(formats['openai.chat'], guard)
  const rest = came.splice(-2)
  frames.push(came.shift()!)
  for (const frame of came) assert.deepEqual(frames.push(frame), [])
  assert.ok(rest.every(({ raw }) => raw.length < 200) && frames.isLong(rest))
  const slices = frames.pushInSlices(rest)
  let turns = 0
  let step = slices.next()
  for (; !step.done; step = slices.next()) turns++
  assert.ok(turns > 4, `${turns} turns`)
  assert.deepEqual([...step.value, ...frames.end()], [])
  assert.equal(guard.decision().action, 'block')
})

test('a long frame that is judged in slices passes as one that is judged at once', () => {
  for (const [id, events, document] of longFrames) {
    const came = () => createSseParser().push(Buffer.from(events.map((event) => sseText(event)).join('')))
    const open = () => {
      const guard = guardBy(document)
      return { guard, frames: createFrameGuard(formats[id], guard) }
    }
    const at = open()
    const sliced = open()
    const atOnce = at.frames.push(...came())
    const slices = sliced.frames.pushInSlices(came())
    let turns = 0
    let step = slices.next()
    for (; !step.done; step = slices.next()) turns++
    assert.ok(turns > 2, `${turns} turns`)
    assert.deepEqual(step.value, atOnce)
    assert.deepEqual(sliced.frames.end(), at.frames.end())
    assert.equal(sliced.frames.blockedMessage(), at.frames.blockedMessage())
    assert.deepEqual(sliced.guard.decision(), at.guard.decision())
  }
})

test('one that is stopped while it is judged is known whole, and nothing of it has passed', () => {
  const came = createSseParser().push(Buffer.from(sseText(chunk({ content: longText(9) }))))
  const guard = guardBy(blocking)
  const slices = createFrameGuard(formats['openai.chat'], guard).pushInSlices(came)
  slices.next()
  slices.return([])
  const { action, scanned } = guard.decision()
  assert.equal(action, 'block')
  assert.equal(scanned.withheld, longText(9).length)
})
