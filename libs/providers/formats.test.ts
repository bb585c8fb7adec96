import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findFormat, formatOfPath, formats } from './formats.ts'
import { replaceTexts } from './replace-texts.testing.ts'
import { readFrame, sseText } from './sse.ts'

test('a request that was translated into a format goes to a route of that format', () => {
  for (const { id, apis, translatedPath } of Object.values(formats))
    for (const stream of [false, true]) {
      const [path] = translatedPath?.('gpt-4o', stream).split('?') ?? []
      const root = apis.includes('gemini') ? '' : '/v1'
      if (path !== undefined) assert.equal(formatOfPath('POST', root + path)?.id, id)
    }
})

test('every route has its format', () => {
  const known = [
    ['POST', '/v1/chat/completions', 'openai.chat'],
    ['POST', '/v1/completions', 'openai.completions'],
    ['POST', '/v1/embeddings', 'openai.embeddings'],
    ['POST', '/v1/responses', 'openai.responses'],
    ['POST', '/v1/responses/compact', 'openai.responses'],
    ['POST', '/v1/responses/input_tokens', 'openai.input-tokens'],
    ['GET', '/v1/responses/resp_1', 'openai.stored-responses'],
    ['DELETE', '/v1/responses/resp_1', 'openai.stored-responses'],
    ['GET', '/v1/responses/resp_1/input_items', 'openai.stored-responses'],
    ['POST', '/v1/responses/resp_1/cancel', 'openai.stored-responses'],
    ['GET', '/v1/models', 'openai.models'],
    ['GET', '/v1/models/org/name', 'openai.models'],
    ['GET', '/v1/models/gpt-4.1..x', 'openai.models'],
    ['POST', '/v1/messages', 'anthropic.messages'],
    ['POST', '/v1/messages/count_tokens', 'anthropic.count-tokens'],
  ] as const
  for (const [method, path, id] of known) assert.equal(formatOfPath(method, path)?.id, id)
  for (const [method, path] of [
    ['GET', '/v1/chat/completions'],
    ['POST', '/v1/models'],
    ['POST', '/v1/chat/completions/'],
    ['GET', '/v1/models/'],
    ['GET', '/v1/models/../files'],
    ['GET', '/v1/models/a/../../files'],
    ['GET', '/v1/models/%2e%2E/files'],
    ['GET', '/v1/models/a%2f..%2ffiles'],
    ['GET', '/v1/models/..\\files'],
    ['GET', '/v1/models/.'],
    ['POST', '/'],
    ['POST', '/v1/responses/resp_1'],
    ['GET', '/v1/responses/..'],
    ['GET', '/v1/responses/a/b'],
    ['GET', '/v1/models/..'],
    ['GET', '/v1/models/%2e%2e/files'],
    ['GET', '/v1/models/a/..%5cfiles'],
    ['GET', '/v1/models/%zz'],
  ] as const) {
    assert.equal(formatOfPath(method, path), undefined)
  }
  for (const [id, format] of Object.entries(formats)) {
    assert.equal(format.id, id)
    assert.equal(findFormat(id), format)
  }
})

/** JSON in which the names that formats know turn up in all the wrong places. */
const names = [
  ...[
    'messages',
    'content',
    'choices',
    'delta',
    'message',
    'index',
    'text',
    'type',
    'tool_calls',
    'function',
  ],
  ...[
    'arguments',
    'usage',
    'input',
    'output',
    'item',
    'part',
    'response',
    'output_index',
    'content_index',
    'tools',
  ],
  ...[
    'name',
    'content_block',
    'partial_json',
    'role',
    'stop_reason',
    'finish_reason',
    'logprobs',
    'source',
    '__proto__',
  ],
]
const kinds = [
  ...['text', 'tool_use', 'tool_result', 'message_start', 'content_block_start', 'content_block_delta'],
  ...['message_delta', 'text_delta', 'input_json_delta', 'response.output_text.delta', 'response.completed'],
  ...[
    'response.output_item.added',
    'response.content_part.added',
    'function_call',
    'message',
    'user',
    'tool',
  ],
]
const { junk } = fc.letrec((tie) => ({
  junk: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, 0, 1, -1, 2.5, 1e9, ''),
    fc.constantFrom(...kinds),
    fc.array(tie('junk'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...names), tie('junk')), { maxLength: 5 })
      .map((members) =>
        JSON.parse(`{${members.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`),
      ),
  ),
}))

for (const format of Object.values(formats)) {
  test(`${format.id}: any JSON is taken without a word`, () => {
    fc.assert(
      fc.property(junk, fc.array(junk, { maxLength: 4 }), (body, events) => {
        format.readRequest(body)
        format.usage(body)
        format.finishReasons(body)
        for (const parts of [format.requestTexts(body), format.responseTexts(body)]) {
          if (parts.length === 0) continue
          const edited = replaceTexts(
            body as never,
            parts.map(({ path }) => ({ path, text: '' })),
          )
          assert.equal(typeof edited, 'object')
        }
        const assembler = format.createAssembler()
        const follower = format.createFollower()
        for (const event of events) {
          const frame = readFrame(Buffer.from(sseText(JSON.stringify(event))))
          for (const { path } of format.frameTexts(frame)) {
            replaceTexts(event as never, [{ path, text: '' }])
          }
          format.isTerminator(frame)
          assembler.push(frame)
          follower.push(frame)
        }
        JSON.stringify(assembler.result())
        follower.usage()
        follower.isComplete()
        follower.finishReasons()
        follower.blockedEnding({ id: 'i', model: 'm', createdSeconds: 1 }, 'No')
      }),
      { numRuns: 400 },
    )
  })
}

test('a body that nests without end is refused before anybody reads it through', () => {
  const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
  const facts = formats['openai.chat'].readRequest({ model: 'm', messages: [{ content: [{ novel: deep }] }] })
  assert.ok('problem' in facts)
  assert.match(facts.problem.message, /nests deeper than 256/)
  assert.throws(
    () => formats['anthropic.messages'].responseTexts({ content: [{ novel: deep }] }),
    /nests deeper/,
  )
})
