import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anthropicMessages } from '../formats/anthropic-messages/format.ts'
import type { Json, JsonObject } from '../json.ts'
import { createSseParser, readFrame, type SseFrame, sseText } from '../sse.ts'
import { chatToMessagesResponse } from './chat-to-messages-response.ts'
import { createChatToMessagesStream } from './chat-to-messages-stream.ts'
import { messagesToChatResponse } from './messages-to-chat-response.ts'

const options = { createdSeconds: 1, includeUsage: false, toolNames: new Map<string, string>() }

function chunk(delta: JsonObject, finish_reason: string | null = null): string {
  return sseText({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason }] })
}

const calls = (...pieces: JsonObject[]) => chunk({ tool_calls: pieces })
const call = (fields: JsonObject, args?: Json, name?: string): JsonObject => ({
  ...fields,
  function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
})

function frames(stream: string): SseFrame[] {
  const { push, end } = createChatToMessagesStream(options)
  return [...createSseParser().push(Buffer.from(stream)).flatMap(push), ...end()]
}

function message(stream: string): JsonObject {
  const assembler = anthropicMessages.createAssembler()
  for (const frame of frames(stream)) assembler.push(frame)
  return assembler.result() ?? {}
}

function usesOf(stream: string): unknown[] {
  return (message(stream).content as JsonObject[])
    .filter(({ type }) => type === 'tool_use')
    .map(({ name, input }) => [name, input])
}

const done = 'data: [DONE]\n\n'
const two = [
  ['f', { a: 1 }],
  ['g', { b: 2 }],
]

test('calls are distinguished by index, id or order, as servers give them', () => {
  const streams: Record<string, string> = {
    'by index, ids empty in later pieces':
      calls(call({ index: 0, id: 'x' }, '{"a"', 'f')) +
      calls(call({ index: 0, id: '' }, ':1}', '')) +
      calls(call({ index: 1, id: 'y' }, '{"b":2}', 'g')),
    'by id, all of index 0': calls(
      call({ index: 0, id: 'x' }, '{"a":1}', 'f'),
      call({ index: 0, id: 'y' }, '{"b":2}', 'g'),
    ),
    'by order, whole calls without id or index':
      calls(call({}, '{"a":1}', 'f')) + calls(call({}, '{"b":2}', 'g')),
    'index null, id and name in every piece':
      calls(call({ index: null, id: 'x' }, '{"a"', 'f')) +
      calls(call({ index: null, id: 'x' }, ':1}', 'f')) +
      calls(call({ index: null, id: 'y' }, '{"b":2}', 'g')),
    'another id in every piece of a call':
      calls(call({ index: 0, id: 'x1' }, '{"a"', 'f')) +
      calls(call({ index: 0, id: 'x2' }, ':1}')) +
      calls(call({ index: 1, id: 'y1' }, '{"b":2}', 'g')),
    'mixed pieces':
      calls(call({ index: 0, id: 'x' }, '', 'f')) +
      calls(call({ index: 1, id: 'y' }, '', 'g')) +
      calls(call({ index: 1 }, '{"b"'), call({ index: 0 }, '{"a":')) +
      calls(call({ index: 0 }, '1}'), call({ index: 1 }, ':2}')),
    'arguments as an object': calls(
      call({ index: 0, id: 'x' }, { a: 1 }, 'f'),
      call({ index: 1, id: 'y' }, { b: 2 }, 'g'),
    ),
    'indexes from 1':
      calls(call({ index: 1, id: 'x' }, '{"a":1}', 'f')) + calls(call({ index: 2, id: 'y' }, '{"b":2}', 'g')),
  }
  for (const [label, stream] of Object.entries(streams)) assert.deepEqual(usesOf(stream + done), two, label)
})

test('one block is open at a time, however pieces are mixed', () => {
  const parts = fc.array(fc.record({ at: fc.nat(2), size: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  const args = ['{"a":"xyz","b":[1,2,{}]}', '{"long":"0123456789"}', '{}']
  fc.assert(
    fc.property(parts, fc.boolean(), (order, withText) => {
      const rest = [...args]
      const begun = new Set<number>()
      const give = (at: number, size: number) => {
        const piece = rest[at]!.slice(0, size)
        rest[at] = rest[at]!.slice(size)
        const isFirst = !begun.has(at)
        begun.add(at)
        return piece === '' && !isFirst
          ? ''
          : calls(
              call({ index: at, ...(isFirst && { id: `id${at}` }) }, piece, isFirst ? `f${at}` : undefined),
            )
      }
      const mixed = order.map(
        ({ at, size }, index) => (withText && index === 2 ? chunk({ content: 'T' }) : '') + give(at, size),
      )
      const stream = mixed.join('') + args.map((_, at) => give(at, 99)).join('') + chunk({}, 'stop') + done
      let open: unknown
      let index = -1
      for (const frame of frames(stream)) {
        const event = JSON.parse(frame.data) as JsonObject
        if (event.type === 'content_block_start') {
          assert.equal(open, undefined)
          assert.equal(event.index, ++index)
          open = event.index
        } else if (event.type === 'content_block_delta') assert.equal(event.index, open)
        else if (event.type === 'content_block_stop') {
          assert.equal(event.index, open)
          open = undefined
        }
      }
      assert.equal(open, undefined)
      const uses = usesOf(stream).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
      assert.deepEqual(
        uses,
        args.map((text, at) => [`f${at}`, JSON.parse(text)]),
      )
    }),
  )
})

test('the stop reason follows what the response holds', () => {
  const stopReason = (stream: string) => message(stream + done).stop_reason
  const aCall = calls(call({ index: 0, id: 'x' }, '{}', 'f'))
  assert.equal(stopReason(aCall + chunk({}, 'stop')), 'tool_use')
  assert.equal(stopReason(aCall + chunk({}, 'tool_calls')), 'tool_use')
  assert.equal(stopReason(aCall + chunk({}, 'length')), 'max_tokens')
  assert.equal(stopReason(chunk({ content: 'a' }) + chunk({}, 'tool_calls')), 'end_turn')
  assert.equal(stopReason(chunk({ content: 'a' }, 'stop') + chunk({ content: 'b' }, 'stop')), 'end_turn')
})

test('a stream that ends without [DONE] is complete when it said why it finished, and only then', () => {
  const types = (stream: string) => frames(stream).map(({ event }) => event)
  assert.ok(types(chunk({ content: 'a' }) + chunk({}, 'stop')).includes('message_stop'))
  assert.ok(!types(chunk({ content: 'a' })).includes('message_stop'))
  assert.ok(types(`${chunk({ content: 'a' }, 'stop')}data: [DONE] \n\n`).includes('message_stop'))
})

test('reasoning and text in lists of parts, as Mistral gives them, are read', () => {
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
    { type: 'text', text: 'Yes' },
  ]
  assert.deepEqual(message(chunk({ content: parts }) + done).content, [
    { type: 'thinking', thinking: 'Hm.', signature: '' },
    { type: 'text', text: 'Yes' },
  ])
})

const callPiece = (call: JsonObject) =>
  sseText({ id: 'c', choices: [{ index: 0, delta: { tool_calls: [call] } }] })
const ended = sseText({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }) + done

test('an empty object before the arguments of a call counts where nothing else comes', () => {
  const begun = callPiece({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } })
  const rest = callPiece({ index: 0, function: { arguments: '{"a":1}' } })
  assert.deepEqual(usesOf(begun + rest + ended), [['f', { a: 1 }]])
  assert.deepEqual(usesOf(begun + ended), [['f', {}]])
})

test('calls of one response that share an id have ids of their own', () => {
  const calls = [0, 1].map((index) =>
    callPiece({ index, id: 'a', function: { name: `f${index}`, arguments: '{"a":1}' } }),
  )
  const ids = (message(calls.join('') + ended).content as JsonObject[]).map(({ id }) => id)
  assert.equal(new Set(ids).size, 2)
})

test('a call of the older kind, and a response in one chunk, are not lost', () => {
  const choice = { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }
  const whole = sseText({ id: 'c', choices: [choice] })
  assert.deepEqual(message(whole + done).content, [{ type: 'text', text: 'Hi' }])
  const delta = { function_call: { name: 'f', arguments: '{"a":1}' } }
  assert.deepEqual(usesOf(sseText({ id: 'c', choices: [{ index: 0, delta }] }) + ended), [['f', { a: 1 }]])
})

test('a response without id or model gets both, since official clients need them', () => {
  const asked = { ...options, model: 'm' }
  const completion = {
    choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
  }
  const plain = JSON.parse(chatToMessagesResponse(JSON.stringify(completion), asked))
  assert.match(plain.id, /^msg_[0-9a-f]{32}$/)
  assert.equal(plain.model, 'm')
  const data = { choices: [{ index: 0, delta: { role: 'assistant', content: 'x' } }] }
  const [first] = createChatToMessagesStream(asked).push(readFrame(Buffer.from(sseText(data))))
  const { message } = JSON.parse(first!.data)
  assert.match(message.id, /^msg_[0-9a-f]{32}$/)
  assert.equal(message.model, 'm')
  const back = JSON.parse(messagesToChatResponse(JSON.stringify({ type: 'message', content: 'x' }), asked))
  assert.match(back.id, /^chatcmpl-[0-9a-f]{32}$/)
  assert.equal(back.model, 'm')
})
