import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atOnce } from '@airs-cp/events'
import { compilePolicySet, createStreamGuard, evaluate } from '@airs-cp/policy-engine'
import { formats, sseText, translatorBetween } from '@airs-cp/providers'
import fc from 'fast-check'
import { createFrameGuard } from '../decision/guard-frames.ts'
import { frameOf, framesIn, textIn } from './chat-stream.testing.ts'
import { holdEnd } from './hold-back.ts'
import { streamBody } from './stream-body.ts'

const subject = { tenant: 'default', providers: ['mock'], tags: [] }
const setOf = (action: string) =>
  compilePolicySet({
    version: 1,
    mode: 'enforce',
    policies: [
      {
        name: 'pii',
        version: 1,
        document: `name: pii\nmode: enforce\ndetectors: [{ detector: pii }]\naction: ${action}\n`,
      },
    ],
  })
const redact = setOf('redact')

type Streamed = 'openai.chat' | 'gemini.generate-content'

/** A guarded stream as a provider sends it, and what its client has got when it is over. */
function openStream(set = redact, id: Streamed = 'openai.chat', client: Streamed = id) {
  const format = formats[id]
  const options = { createdSeconds: 1, includeUsage: true, toolNames: new Map() }
  const sent: Buffer[] = []
  let isBlocked = false
  const body = streamBody({
    provider: 'mock',
    format,
    clientFormat: formats[client],
    framing: {},
    translator: client === id ? undefined : translatorBetween(client, id)!.createStream(options),
    guard: createFrameGuard(formats[client], createStreamGuard(set, subject, 'key')),
    hold: holdEnd((bytes) => void sent.push(Buffer.from(bytes))),
    isHeldWhole: false,
    noteDelivered() {},
    onBlocked: () => {
      isBlocked = true
    },
  })
  return { body, isBlocked: () => isBlocked, got: () => Buffer.concat(sent).toString() }
}

const redacted = (text: string) =>
  evaluate(redact, 'response', subject, [{ path: '/c', text }], 'key').edits[0]?.text ?? text

const pieces = fc.array(
  fc.constantFrom('write to ', 'ann', '.smith', '@example', '.com', ' 41', '11 ', '. '),
  {
    minLength: 1,
    maxLength: 12,
  },
)

test('a connection that breaks loses no text that came in whole frames, and shows none of a match', () => {
  fc.assert(
    fc.property(pieces, fc.nat(), fc.integer({ min: 1, max: 90 }), (said, at, size) => {
      const whole = said.map(frameOf).join('')
      const came = whole.slice(0, at % (whole.length + 1))
      const { body, got } = openStream()
      for (let from = 0; from < came.length; from += size)
        body.push(Buffer.from(came.slice(from, from + size)))
      body.breakOff()
      assert.equal(textIn(got()), redacted(textIn(came.slice(0, came.lastIndexOf('\n\n') + 2))))
    }),
  )
})

test('a stream that ends within a frame is cut, after all that came before', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 7, max: 40 }), (said, cut) => {
      const { body, got } = openStream()
      body.push(Buffer.from(said.map(frameOf).join('') + frameOf('and so on').slice(0, cut)))
      assert.throws(() => body.end(), { code: 'upstream_cut', message: /stopped within a frame/ })
      assert.equal(textIn(got()), redacted(said.join('')))
    }),
  )
})

test('what came before a break is blocked where the policy says so, and nothing of the match is shown', () => {
  const { body, got, isBlocked } = openStream(setOf('block'))
  body.push(Buffer.from(frameOf('write to ') + frameOf('ann.smith@example.com')))
  body.breakOff()
  assert.equal(isBlocked(), true)
  assert.doesNotMatch(textIn(got()), /ann|smith|example/)
})

test('the last frame of a stream may be long; what follows it may not', () => {
  const { body } = openStream(redact, 'gemini.generate-content')
  const frame = (text: string) =>
    sseText({ candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }], usageMetadata: {} })
  atOnce(body.push(Buffer.from(frame('so '.repeat(40_000))))!)
  assert.equal(body.result().held.length, frame('so '.repeat(40_000)).length)
  const comment = body.push(Buffer.from(`: ${'x'.repeat(70_000)}\n\n`))!
  assert.throws(() => atOnce(comment), { code: 'upstream_malformed' })
})

test('a list that breaks off behind what completes it has that held, with its matches redacted', () => {
  const { body, got } = openStream(redact, 'gemini.generate-content')
  const element = (text: string, rest = {}) =>
    JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, ...rest }], usageMetadata: {} })
  body.push(Buffer.from(`[${element('write to ann.smith@exam')}`))
  body.push(Buffer.from(`,${element('ple.com, o', { finishReason: 'STOP' })}`))
  body.breakOff()
  const { held, list } = body.result()
  assert.equal(list, 'begun')
  assert.deepEqual(JSON.parse(`${got()}${held}]`), [
    JSON.parse(element('write to [EMAIL_1]')),
    JSON.parse(element(', o', { finishReason: 'STOP' })),
  ])
})

test('a list that ends without its bracket is cut, whatever its last element says', () => {
  const { body, got } = openStream(redact, 'gemini.generate-content')
  const last = JSON.stringify({
    candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }],
  })
  body.push(Buffer.from(`[${last}\n`))
  assert.throws(() => body.end(), { code: 'upstream_cut', message: /stopped before the end of its list/ })
  const { held, list } = body.result()
  assert.equal(list, 'begun')
  assert.deepEqual(JSON.parse(`${got()}${held}]`), [JSON.parse(last)])
})

/** Frames of a Gemini server that says in each of them that it ends. */
const endingFrame = (text: string) =>
  sseText({
    candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1 },
  })
const textOfGemini = (stream: string) =>
  framesIn(stream)
    .map(({ candidates }) => candidates[0].content.parts[0]?.text ?? '')
    .join('')

test('a stream whose every frame ends it reaches its client whole, on its way, and with its matches redacted', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 90 }), fc.boolean(), (said, size, isTranslated) => {
      const client = isTranslated ? 'openai.chat' : 'gemini.generate-content'
      const { body, got } = openStream(redact, 'gemini.generate-content', client)
      const stream = Buffer.from(['so ', 'on ', ...said, 'x '].map(endingFrame).join(''))
      for (let from = 0; from < stream.length; from += size) body.push(stream.subarray(from, from + size))
      assert.match(got(), /so /)
      body.end()
      const whole = got() + body.result().held
      const text = isTranslated ? textOfChat(whole) : textOfGemini(whole)
      assert.equal(text, redacted(`so on ${said.join('')}x `))
      if (isTranslated) assert.match(whole, /"finish_reason":"stop".*data: \[DONE\]/s)
    }),
  )
})

test('a stream whose every frame ends it shows nothing of a match that blocks, and may be long', () => {
  const { body, got, isBlocked } = openStream(setOf('block'), 'gemini.generate-content')
  for (const text of ['to ', 'ann.smith@', 'example.com']) body.push(Buffer.from(endingFrame(text)))
  body.end()
  assert.equal(isBlocked(), true)
  assert.equal(textOfGemini(got() + body.result().held), 'to ')
  const long = openStream(setOf('block'), 'gemini.generate-content')
  for (let frame = 0; frame < 3; frame++) long.body.push(Buffer.from(endingFrame('so '.repeat(15_000))))
  long.body.end()
  assert.equal(textOfGemini(long.got() + long.body.result().held), 'so '.repeat(45_000))
})

test('the end of a translation that waits for what is before it is no cut', () => {
  const { body, got } = openStream(redact, 'openai.chat', 'gemini.generate-content')
  body.push(
    Buffer.from(
      `${frameOf('write to ann')}${sseText({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}`,
    ),
  )
  body.push(Buffer.from('data: [DONE]\n\n'))
  body.end()
  assert.equal(textOfGemini(got() + body.result().held), 'write to ann')
  const cut = openStream(redact, 'openai.chat', 'gemini.generate-content')
  cut.body.push(Buffer.from(frameOf('write to ann')))
  assert.throws(() => cut.body.end(), { code: 'upstream_cut' })
  assert.equal(textOfGemini(cut.got()), 'write to ann')
})

function textOfChat(stream: string): string {
  return framesIn(stream)
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('')
}

test('one long frame is judged in slices, and is sent when all of it is', () => {
  const { body, got } = openStream()
  const text = `${'so '.repeat(60_000)}write to ann.smith@example.com`
  body.push(Buffer.from(frameOf('First. ')))
  const slices = body.push(Buffer.from(`${frameOf(text)}${frameOf(', now')}data: [DONE]\n\n`))
  assert.ok(slices)
  let turns = 0
  for (; !slices.next().done; turns++) assert.equal(textIn(got()), 'First. ')
  assert.ok(turns > 10, `${turns} turns`)
  assert.equal(body.push(Buffer.from(': ping\n\n')), undefined)
  body.end()
  assert.equal(
    textIn((got() + body.result().held).replace('data: [DONE]', '')),
    redacted(`First. ${text}, now`),
  )
})
