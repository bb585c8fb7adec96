import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { atOnce, recordBody } from '@airs-cp/events'
import { compilePolicySet, createStreamGuard } from '@airs-cp/policy-engine'
import { type FormatId, formats, type JsonObject, readFrame, sseText } from '@airs-cp/providers'
import type { Relayed } from '../exchange.ts'
import { decideInSlices } from './decide-on-response.ts'
import { createFrameGuard } from './guard-frames.ts'

const subject = { tenant: 'default', providers: ['mock'], tags: [] }
const address = 'ann.smith@example.com'
const setOf = (action: string, mode = 'enforce') =>
  compilePolicySet({
    version: 1,
    mode: 'enforce',
    policies: [
      {
        name: 'addresses',
        version: 1,
        document: `name: addresses\nmode: ${mode}\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: ${action}\n`,
      },
    ],
  })

function decide(action: string, text: string, stream = false, mode = 'enforce') {
  const whole = Buffer.from(text)
  return atOnce(
    decideInSlices({
      set: setOf(action, mode),
      subject,
      context: {},
      format: formats['openai.responses'],
      relayed: { stream, whole, headers: {}, guard: undefined } as unknown as Relayed,
      recorded: recordBody(whole, 'text/plain'),
      guard: undefined,
      digestKey: 'key',
    }),
  )
}

describe('an answer that is no JSON object, where policies enforce', () => {
  for (const [what, text] of Object.entries({
    'plain text': `Write to ${address}.`,
    HTML: `<p>${address}</p>`,
    'a JSON text': JSON.stringify(address),
    'a JSON array': JSON.stringify([address]),
  })) {
    test(`is judged as one text: ${what}`, () => {
      assert.notEqual(decide('block', text).blockedMessage, undefined)
      const { rewritten, evaluation } = decide('redact', text)
      assert.equal(rewritten?.toString(), text.replace(address, '[EMAIL_1]'))
      assert.equal(evaluation.decision.findings[0]?.type, 'EMAIL')
    })
  }

  test('passes untouched where nothing is found', () => {
    const { rewritten, blockedMessage, evaluation } = decide('redact', 'Nothing here.')
    assert.deepEqual([rewritten, blockedMessage], [undefined, undefined])
    assert.equal(evaluation.decision.scanned.characters, 13)
  })

  test('is withheld when it is a stream, which cannot be judged then', () => {
    const { blockedMessage, evaluation } = decide('redact', `data: ${address}\n\ndata: [DONE]\n\n`, true)
    assert.match(blockedMessage ?? '', /could not be judged/)
    assert.match(evaluation.decision.scanned.skipped[0]?.reason ?? '', /no JSON object/)
  })
})

test('a frame that is no JSON object ends a stream that is judged on its way; comments and the end pass', () => {
  const guard = createStreamGuard(setOf('redact'), subject, 'key')
  assert.ok(guard)
  const frames = createFrameGuard(formats['openai.chat'], guard as never)
  for (const raw of [': still there\n\n', 'data: [DONE]\n\n'])
    assert.deepEqual(
      frames.push(readFrame(Buffer.from(raw))).map((frame) => frame.raw.toString()),
      [raw],
    )
  assert.deepEqual(frames.push(readFrame(Buffer.from(`data: ${address}\n\n`))), [])
  assert.match(frames.blockedMessage() ?? '', /could not be judged/)
})

test('what cannot be read reaches the client where policies only observe, though it was held: errors always are', () => {
  for (const text of ['[error] bad gateway', '{"error": ', '{"a": 1, "a": 2}']) {
    assert.match(decide('block', text).blockedMessage ?? '', /could not be judged/)
    const { blockedMessage, evaluation } = decide('block', text, false, 'observe')
    assert.equal(blockedMessage, undefined)
    assert.equal(evaluation.decision.action, 'allow')
    assert.match(evaluation.decision.scanned.skipped[0]?.reason ?? '', /could not be judged/)
  }
})

test('headers of a response that was held are judged with it, and redacted or blocked', () => {
  const whole = Buffer.from('{"id":"r"}')
  const headers = { 'x-note': `by ${address}`, 'x-request-id': address }
  const decided = (action: string) =>
    atOnce(
      decideInSlices({
        set: setOf(action),
        subject,
        context: {},
        format: formats['openai.responses'],
        relayed: { stream: false, whole, headers, guard: undefined } as unknown as Relayed,
        recorded: recordBody(whole, 'application/json'),
        guard: undefined,
        digestKey: 'key',
      }),
    )
  assert.deepEqual(decided('redact').headers, { ...headers, 'x-note': 'by [EMAIL_1]' })
  assert.equal(decided('redact').rewritten, undefined)
  assert.notEqual(decided('block').blockedMessage, undefined)
})

test('a stream that is held says nothing to its client that was not judged', () => {
  const setBy = (action: string) =>
    compilePolicySet({
      ...{ version: 1, mode: 'enforce' },
      policies: [
        {
          ...{ name: 'whole', version: 1 },
          document: `name: whole\nmode: enforce\ndetectors: [{ detector: pii, types: [EMAIL, CREDIT_CARD] }]\nwhen: findings.size() > 0\naction: ${action}\n`,
        },
      ],
    })
  const decidedBy = (id: FormatId, action: string, stream: string) => {
    const whole = Buffer.from(stream)
    const { blockedMessage, rewritten } = atOnce(
      decideInSlices({
        ...{
          set: setBy(action),
          subject,
          context: {},
          format: formats[id],
          guard: undefined,
          digestKey: 'key',
        },
        relayed: { stream: true, whole, headers: {}, guard: undefined } as unknown as Relayed,
        recorded: recordBody(whole, 'text/event-stream'),
      }),
    )
    return { blockedMessage, said: blockedMessage === undefined ? String(rewritten ?? whole) : '' }
  }
  const events = (...said: JsonObject[]) => said.map((one) => sseText(one)).join('')
  const chunk = (delta: JsonObject, more = {}) => ({
    ...{ id: 'c', choices: [{ index: 0, delta, finish_reason: null }] },
    ...more,
  })
  const started = { type: 'message_start', message: { type: 'message', id: 'm', content: [], usage: {} } }
  const card = 4111111111111111
  const beside: [FormatId, string][] = [
    ['openai.chat', `: ${address}\n\n${events(chunk({ content: 'hi' }))}data: [DONE]\n\n`],
    ['openai.chat', events(chunk({ content: 'hi' }, { model: address }), chunk({}, { model: 'm' }))],
    ['openai.chat', events(chunk({ content: 'hi', n: card }), chunk({ n: 1 }))],
    ['openai.chat', `${events(chunk({ content: 'hi' }))}data: [DONE] ${address}\n\n`],
    ['anthropic.messages', events(started, { type: 'novel', text: address }, { type: 'message_stop' })],
    [
      'anthropic.messages',
      events(started, {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: address },
      }),
    ],
    [
      'openai.responses',
      events(
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: address },
        { type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } },
      ),
    ],
    ['generic.openai', events({ type: 'e', name: address }, { type: 'e', name: 'x' })],
    ['generic.openai', events({ type: 'e', n: card }, { type: 'e', n: 1 })],
  ]
  for (const [id, stream] of beside)
    for (const action of ['block', 'redact'])
      assert.notEqual(decidedBy(id, action, stream).blockedMessage, undefined, `${action} ${stream}`)
  const { said } = decidedBy(
    'openai.chat',
    'redact',
    events(chunk({ content: `to ${address.slice(0, 6)}` }), chunk({ content: `${address.slice(6)}.` })),
  )
  assert.match(said, /\[EMAIL_1\]/)
  assert.doesNotMatch(said, /example/)
})
