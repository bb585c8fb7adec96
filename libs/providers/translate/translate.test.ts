import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutAt } from '../../../test/support/cut-at.ts'
import { anthropicMessages } from '../formats/anthropic-messages/format.ts'
import { openaiChat } from '../formats/openai-chat/format.ts'
import type { JsonObject } from '../json.ts'
import { createSseParser, sseText } from '../sse.ts'
import type { WireFormat } from '../wire-format.ts'
import { goldenTranslator } from './golden/exchange.ts'
import type { Translator } from './translator.ts'
import { translatorBetween } from './translators.ts'
import { MalformedResponseError, UntranslatableError } from './untranslatable-error.ts'

const responseOptions = {
  createdSeconds: 1_750_000_000,
  includeUsage: true,
  toolNames: new Map<string, string>(),
}
const requestOptions = { defaultMaxTokens: 8192, server: 'compatible' } as const

/** An answer in pieces, as any of the two formats may stream it. */
const reply = fc.record({
  thinking: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 3 }),
  text: fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 4 }),
  calls: fc.array(
    fc.record({
      name: fc.constantFrom('f', 'g'),
      args: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3, noNullPrototype: true }),
      cut: fc.nat(),
    }),
    { maxLength: 3 },
  ),
  finish: fc.nat({ max: 3 }),
  cached: fc.nat(100),
  chunks: fc.array(fc.nat(), { maxLength: 10 }),
})
type Reply = typeof reply extends fc.Arbitrary<infer T> ? T : never

function halves({ args, cut }: Reply['calls'][number]): string[] {
  const text = JSON.stringify(args)
  const at = cut % text.length
  return [text.slice(0, at), text.slice(at)]
}

function openaiStream({ thinking, text, calls, finish, cached }: Reply): string {
  const chunk = (delta: object, finish_reason: string | null = null) =>
    sseText({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason }],
    } as never)
  const frames = [chunk({ role: 'assistant', content: null })]
  for (const piece of thinking) frames.push(chunk({ reasoning_content: piece }))
  for (const piece of text) frames.push(chunk({ content: piece }))
  for (const [index, call] of calls.entries()) {
    frames.push(
      chunk({
        tool_calls: [
          { index, id: `id${index}`, type: 'function', function: { name: call.name, arguments: '' } },
        ],
      }),
    )
    for (const piece of halves(call))
      frames.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }))
  }
  frames.push(chunk({}, ['stop', 'length', 'tool_calls', 'content_filter'][finish]))
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 7,
    total_tokens: 107,
    prompt_tokens_details: { cached_tokens: cached },
  }
  frames.push(
    sseText({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage }),
  )
  return `${frames.join('')}data: [DONE]\n\n`
}

function anthropicStream({ thinking, text, calls, finish, cached }: Reply): string {
  const frames: string[] = []
  const event = (data: JsonObject) => frames.push(sseText(data, String(data.type)))
  const usage = { input_tokens: 100, cache_read_input_tokens: cached, output_tokens: 1 }
  const message = {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  event({ type: 'message_start', message })
  let index = 0
  const block = (content_block: JsonObject, deltas: JsonObject[]) => {
    event({ type: 'content_block_start', index, content_block })
    for (const delta of deltas) event({ type: 'content_block_delta', index, delta })
    event({ type: 'content_block_stop', index: index++ })
  }
  if (thinking.length > 0) {
    const pieces = thinking.map((piece) => ({ type: 'thinking_delta', thinking: piece }))
    block({ type: 'thinking', thinking: '', signature: '' }, [
      ...pieces,
      { type: 'signature_delta', signature: 'S' },
    ])
  }
  if (text.length > 0) {
    block(
      { type: 'text', text: '' },
      text.map((piece) => ({ type: 'text_delta', text: piece })),
    )
  }
  for (const [at, call] of calls.entries()) {
    const pieces = halves(call).map((partial_json) => ({ type: 'input_json_delta', partial_json }))
    block({ type: 'tool_use', id: `id${at}`, name: call.name, input: {} }, pieces)
  }
  const stop_reason = ['end_turn', 'max_tokens', 'tool_use', 'refusal'][finish]
  event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 7 } })
  event({ type: 'message_stop' })
  return frames.join('')
}

function assemble(format: WireFormat, chunks: Buffer[]): JsonObject | undefined {
  const assembler = format.createAssembler()
  const parser = createSseParser()
  for (const chunk of chunks) for (const frame of parser.push(chunk)) assembler.push(frame)
  return assembler.result()
}

function translateChunks(translator: Translator, chunks: Buffer[]): Buffer[] {
  const parser = createSseParser()
  const { push } = translator.createStream(responseOptions)
  return chunks.flatMap((chunk) =>
    parser
      .push(chunk)
      .flatMap(push)
      .map(({ raw }) => raw),
  )
}

for (const [client, provider, ours, stream] of [
  ['openai-client', anthropicMessages, openaiChat, anthropicStream],
  ['anthropic-client', openaiChat, anthropicMessages, openaiStream],
] as const) {
  test(`${client}: a translated stream, however it is cut, folds into the translation of the whole answer`, () => {
    const translator = goldenTranslator(client)
    fc.assert(
      fc.property(reply, (pieces) => {
        const chunks = cutAt(Buffer.from(stream(pieces)), pieces.chunks)
        const translated = assemble(ours, translateChunks(translator, chunks))
        const whole = translator.response(JSON.stringify(assemble(provider, chunks)), responseOptions)
        assert.deepEqual(JSON.parse(JSON.stringify(translated)), JSON.parse(whole))
      }),
    )
  })
}

test('tool arguments keep every byte, in requests, answers and streams', () => {
  const spaced = fc
    .tuple(
      fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3, noNullPrototype: true }),
      fc.constantFrom(0, 1, 2),
    )
    .map(([value, indent]) =>
      JSON.stringify(value, null, indent)
        .replace(
          /^\{/,
          '{ "0n": 1.0, "9007199254740993": 9007199254740993, "e": "\\u00e9\\/\\ud83d\\ude00", "e": -0.0e+400 ,',
        )
        .replace(/,\s*\}$/, '}'),
    )
  const toAnthropic = goldenTranslator('openai-client')
  const toOpenai = goldenTranslator('anthropic-client')
  fc.assert(
    fc.property(spaced, (args) => {
      const call = { id: 'c', type: 'function', function: { name: 'f', arguments: args } }
      const messages = [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c', content: 'y' },
      ]
      const request = JSON.stringify({ model: 'm', messages })
      const there = toAnthropic.request(request, requestOptions).body
      assert.ok(there.includes(`"input":${args}`))
      const back = JSON.parse(toOpenai.request(there, requestOptions).body) as {
        messages: { tool_calls?: (typeof call)[] }[]
      }
      assert.equal(back.messages[1]?.tool_calls?.[0]?.function.arguments, args)
      const completion = JSON.stringify({
        id: 'c',
        choices: [{ message: { role: 'assistant', tool_calls: [call] }, finish_reason: 'tool_calls' }],
      })
      const message = toOpenai.response(completion, responseOptions)
      assert.ok(message.includes(`"input":${args}`))
      const again = JSON.parse(toAnthropic.response(message, responseOptions)) as {
        choices: { message: { tool_calls: (typeof call)[] } }[]
      }
      assert.equal(again.choices[0]?.message.tool_calls[0]?.function.arguments, args)
    }),
  )
})

test('tool arguments keep every byte of them in streams, however they come', () => {
  const args =
    '{ "n": 9007199254740993.10, "e": "\\u00e9\\/\\ud83d\\ude00",\t"e": -0.0e+400, "long": "' +
    'é👩‍👩‍👧'.repeat(9) +
    '" }'
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (places, chunks) => {
        const pieces = cutText(args, places)
        const chat = [
          { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '' } },
          ...pieces.map((piece) => ({ index: 0, function: { arguments: piece } })),
        ].map((call) =>
          sseText({ id: 'x', model: 'm', choices: [{ index: 0, delta: { tool_calls: [call] } }] }),
        )
        const messages = [
          { type: 'message_start', message: { id: 'x', model: 'm', usage: {} } },
          {
            type: 'content_block_start',
            index: 0,
            content_block: { type: 'tool_use', id: 'c', name: 'f', input: {} },
          },
          ...pieces.map((piece) => ({
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'input_json_delta', partial_json: piece },
          })),
          { type: 'content_block_stop', index: 0 },
        ].map((event) => sseText(event, event.type))
        for (const [client, stream, read] of [
          [
            'anthropic-client',
            chat,
            (json: JsonObject) => (json.delta as JsonObject | undefined)?.partial_json,
          ],
          ['openai-client', messages, argumentsOfChunk],
        ] as const) {
          const bytes = Buffer.concat(
            translateChunks(goldenTranslator(client), cutAt(Buffer.from(stream.join('')), chunks)),
          )
          const said = createSseParser()
            .push(bytes)
            .map((frame) => read(JSON.parse(frame.data) as JsonObject) ?? '')
          assert.equal(said.join(''), args)
        }
      },
    ),
  )
})

function argumentsOfChunk({ choices }: JsonObject): unknown {
  const [choice] = choices as { delta: { tool_calls?: { function: { arguments: string } }[] } }[]
  return choice?.delta.tool_calls?.[0]?.function.arguments
}

/** Cut between characters, as JSON strings of providers are. */
function cutText(text: string, places: number[]): string[] {
  const characters = [...text]
  const at = [...new Set(places.map((place) => place % (characters.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...at].map((from, index) => characters.slice(from, at[index] ?? characters.length).join(''))
}

test('what a request says survives the way there and back', () => {
  const request = {
    model: 'gpt-5.4',
    messages: [
      { role: 'system', content: 'S' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
        ],
      },
      {
        role: 'assistant',
        content: 'b',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"n": 1.0}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'd' },
      { role: 'user', content: 'e' },
    ],
    max_tokens: 10,
    stop: ['x'],
    tools: [
      {
        type: 'function',
        function: { name: 'f', description: 'F', parameters: { type: 'object' }, strict: true },
      },
    ],
    tool_choice: 'auto',
    parallel_tool_calls: false,
    reasoning_effort: 'low',
    service_tier: 'auto',
    user: 'u',
  }
  const there = goldenTranslator('openai-client').request(JSON.stringify(request), requestOptions)
  const back = goldenTranslator('anthropic-client').request(there.body, requestOptions)
  assert.deepEqual(JSON.parse(back.body), request)
})

test('allowed tools are the only ones that are offered', () => {
  const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } })
  const allowed_tools = { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] }
  const { body } = goldenTranslator('openai-client').request(
    JSON.stringify({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      tools: [tool('f'), tool('g')],
      tool_choice: { type: 'allowed_tools', allowed_tools },
    }),
    requestOptions,
  )
  const { tools, tool_choice } = JSON.parse(body) as { tools: { name: string }[]; tool_choice: object }
  assert.deepEqual(
    tools.map(({ name }) => name),
    ['g'],
  )
  assert.deepEqual(tool_choice, { type: 'any' })
})

test('the effort that a message asks for holds from its turn on', () => {
  const effortOf = (messages: object[]) => {
    const request = { model: 'gpt-5', max_tokens: 10, output_config: { effort: 'low' }, messages }
    const { body } = goldenTranslator('anthropic-client').request(JSON.stringify(request), requestOptions)
    return (JSON.parse(body) as { reasoning_effort?: string }).reasoning_effort
  }
  const turn = (effort?: string) => ({
    ...{ role: 'user', content: 'x' },
    ...(effort !== undefined && { output_config: { effort } }),
  })
  assert.equal(effortOf([turn()]), 'low')
  assert.equal(effortOf([turn('high'), turn()]), 'high')
  assert.equal(effortOf([turn('high'), turn('medium')]), 'medium')
  assert.throws(
    () => effortOf([{ ...turn(), output_config: { format: {} } }]),
    /messages\[0\]\.output_config\.format/,
  )
})

test('a response that is none is reported as malformed', () => {
  const bodies = ['<html>', '{}', '[]', '{"error":{"message":"x"}}', '{"type":"message"}', '{"choices":[]}']
  for (const client of ['openai-client', 'anthropic-client'] as const) {
    for (const body of bodies) {
      assert.throws(() => goldenTranslator(client).response(body, responseOptions), MalformedResponseError)
    }
  }
  const limited = '{"error":{"message":"Slow down"}}'
  assert.throws(() => goldenTranslator('anthropic-client').response(limited, responseOptions), /Slow down/)
})

test('a status that has no error type of its own is kept', () => {
  const body = '{"type":"error","error":{"type":"invalid_request_error","message":"x"}}'
  for (const status of [400, 405, 409, 422])
    assert.equal(goldenTranslator('openai-client').error(status, body).status, status)
})

test('errors within a stream and second endings are taken as they come, and junk is reported as malformed', () => {
  const run = (client: 'openai-client' | 'anthropic-client', stream: string) =>
    Buffer.concat(translateChunks(goldenTranslator(client), [Buffer.from(stream)])).toString()
  const overloaded =
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'
  assert.equal(
    run('openai-client', overloaded),
    'data: {"error":{"message":"Overloaded","type":"server_error","param":null,"code":"overloaded"}}\n\n',
  )
  const limited = 'data: {"error":{"message":"Slow down","type":"requests","code":"rate_limit_exceeded"}}\n\n'
  assert.match(
    run('anthropic-client', limited),
    /^event: error\ndata: \{"type":"error","error":\{"type":"rate_limit_error","message":"Slow down"\}/,
  )
  for (const client of ['openai-client', 'anthropic-client'] as const)
    assert.throws(() => run(client, 'data: {"choices":[{"delta":\n\n'), MalformedResponseError)
  const twice = openaiStream({ thinking: [], text: ['a'], calls: [], finish: 0, cached: 0, chunks: [] })
  assert.equal(run('anthropic-client', `${twice}data: [DONE]\n\n`).match(/message_stop"/g)?.length, 1)
})

test('calls that share an index are distinguished by their ids', () => {
  const chunk = (id: string) =>
    sseText({
      id: 'c',
      model: 'm',
      choices: [
        { index: 0, delta: { tool_calls: [{ index: 0, id, function: { name: 'f', arguments: '{}' } }] } },
      ],
    })
  const stream = Buffer.from(`${chunk('a')}${chunk('b')}data: [DONE]\n\n`)
  const chunks = translateChunks(goldenTranslator('anthropic-client'), [stream])
  const calls = assemble(anthropicMessages, chunks)?.content
  assert.deepEqual(calls, [
    { type: 'tool_use', id: 'a', name: 'f', input: {} },
    { type: 'tool_use', id: 'b', name: 'f', input: {} },
  ])
})

test('a text in base64 is translated to what policies read of it, or refused', () => {
  const options = { defaultMaxTokens: 1_000, server: 'compatible', model: 'm' } as const
  const fileOf = (file_data: string) => ({
    model: 'm',
    messages: [{ role: 'user', content: [{ type: 'file', file: { filename: 'a.txt', file_data } }] }],
  })
  const partOf = (mimeType: string, data: string) => ({
    contents: [{ role: 'user', parts: [{ inlineData: { mimeType, data } }] }],
  })
  const base64 = (text: string, encoding: BufferEncoding = 'utf8') =>
    Buffer.from(text, encoding).toString('base64')
  const secret = 'to bob@example.com'
  const broken = base64(secret).replace('G', '*G')
  const pairs = [
    [
      'openai.chat',
      'anthropic.messages',
      (label: string, data: string) => fileOf(`data:${label};base64,${data}`),
    ],
    [
      'openai.chat',
      'gemini.generate-content',
      (label: string, data: string) => fileOf(`data:${label};base64,${data}`),
    ],
    ['gemini.generate-content', 'openai.chat', partOf],
  ] as const
  for (const [client, provider, bodyOf] of pairs) {
    const translate = (label: string, data: string) => {
      const body = JSON.stringify(bodyOf(label, data))
      return translatorBetween(client, provider)!.request(body, options).body
    }
    const says = (label: string, data: string, text: string) => {
      const written = translate(label, data)
      return written.includes(text) || written.includes(base64(text))
    }
    assert.ok(says('text/plain', base64(secret), secret))
    assert.ok(says('text/plain;charset=utf-16le', base64(secret, 'utf16le'), secret))
    assert.ok(!says('text/plain;charset=utf-16le', base64(secret), secret), `${client} at ${provider}`)
    assert.throws(() => translate('text/plain', broken), UntranslatableError)
  }
})

test("Gemini's clients get what a chunk says in a message, and a call of old", () => {
  const translator = translatorBetween('gemini.generate-content', 'openai.chat')!
  const options = { createdSeconds: 1, includeUsage: true, toolNames: new Map() }
  const partsOf = (...choices: JsonObject[]) => {
    const stream = translator.createStream(options)
    const chunks = choices.map((choice) => sseText({ id: 'c', choices: [{ index: 0, ...choice }] }))
    const frames = createSseParser().push(Buffer.from(`${chunks.join('')}data: [DONE]\n\n`))
    return frames
      .flatMap((frame) => stream.push(frame))
      .flatMap(({ data }) => JSON.parse(data).candidates[0].content.parts)
      .filter(({ text }) => text !== '')
  }
  const said = { role: 'assistant', content: 'so' }
  const called = { name: 'f', args: { a: 1 } }
  const partsOfPlain = (message: JsonObject) =>
    JSON.parse(translator.response(JSON.stringify({ choices: [{ index: 0, message }] }), options))
      .candidates[0].content.parts
  assert.deepEqual(partsOf({ message: said, finish_reason: 'stop' }), [{ text: 'so' }])
  assert.deepEqual(
    partsOf(
      { delta: { content: null, function_call: { name: 'f', arguments: '{"a"' } } },
      { delta: { function_call: { arguments: ':1}' } }, finish_reason: 'function_call' },
    ),
    [{ functionCall: called }],
  )
  const old = { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } }
  assert.deepEqual(partsOfPlain(old), [{ functionCall: called }])
})
