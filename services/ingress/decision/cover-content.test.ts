import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet, createStreamGuard, evaluate } from '@airs-cp/policy-engine'
import {
  createSseParser,
  type FormatId,
  formats,
  type JsonObject,
  readRequestTexts,
  sseText,
} from '@airs-cp/providers'
import { coverOf, coverOfUnjudged } from './cover-content.ts'
import { createFrameGuard } from './guard-frames.ts'

const [small, large] = [Buffer.alloc(1_000), Buffer.alloc(1024 * 1024)]

test('a refused request is recorded as the client sent it', () => {
  for (const body of [small, large])
    assert.equal(coverOfUnjudged('redacted', undefined, false).request(body), undefined)
})

test('of a large one by somebody without a key no content is recorded: strangers cannot fill the disk', () => {
  const cover = coverOfUnjudged('full', undefined, true)
  assert.equal(cover.request(small), undefined)
  assert.equal(cover.request(large), null)
})

test('digests stay digests', () => {
  assert.equal(coverOfUnjudged('digests', undefined, true).request(small), null)
})

test('where something is found in data that cannot be masked, nothing of the body is recorded', () => {
  const set = compilePolicySet({
    version: 1,
    mode: 'enforce',
    policies: [
      {
        name: 'words',
        version: 1,
        document:
          "name: words\nmode: enforce\ndetectors: [{ detector: pattern, name: WORD, pattern: 'FORBIDDEN' }]\naction: block\n",
      },
    ],
  })
  const format = formats['openai.chat']
  const subject = { tenant: 'default', providers: ['mock'], tags: [] }
  const word = `data:text/plain;base64,${Buffer.from('FORBIDDEN').toString('base64')}`
  for (const content of [`see ${word} there`, JSON.stringify({ note: `see ${word}` })]) {
    const written = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
    const json = JSON.parse(written)
    const read = readRequestTexts(format, json, written)
    const { decision } = evaluate(set, 'request', subject, read.texts, 'key')
    assert.equal(decision.action, 'block')
    const body = Buffer.from(written)
    const cover = coverOf({
      ...{ level: 'redacted', set, subject, context: {}, digestKey: 'key', decision, read, body },
      exchange: { path: '/v1/chat/completions', query: '' },
      understood: { json, written, format } as never,
    })
    assert.equal(cover.request(body), null)
  }
})

test('what a guard finds in a stream is not recorded, wherever in its frames it came', () => {
  const document =
    'name: p\nmode: enforce\ndirection: response\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\n'
  const set = compilePolicySet({
    version: 1,
    mode: 'enforce',
    policies: [{ name: 'p', version: 1, document }],
  })
  const subject = { tenant: 'default', providers: ['mock'], tags: [] }
  const pieces = ['to ann.sm', 'ith@exam', 'ple.com.']
  const address = 'ann.smith@example.com'
  const chat = (of: (piece: string) => JsonObject) =>
    pieces.map((piece) => sseText({ choices: [{ index: 0, ...of(piece) }] })).join('')
  const done = { type: 'response.completed', response: { id: 'r', output: [] } }
  const streams: [FormatId, stream: string, isKept: boolean][] = [
    ['openai.chat', chat((content) => ({ delta: { content } })), true],
    ['openai.chat', chat((text) => ({ text })), false],
    ['openai.chat', chat((text) => ({ delta: { content: [{ type: 'text', text }] } })), false],
    ['openai.chat', `: for ${address}\n\n${sseText({ choices: [] })}`, false],
    [
      'openai.responses',
      pieces
        .map((delta) => sseText({ type: 'response.output_text.delta', output_index: 0, delta }))
        .concat(sseText(done))
        .join(''),
      false,
    ],
    [
      'openai.responses',
      sseText({
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'x', note: `to ${address}` },
      }) + sseText(done),
      true,
    ],
  ]
  for (const [id, stream, isKept] of streams)
    for (const isComplete of [true, false]) {
      const format = formats[id]
      const guard = createStreamGuard(set, subject, 'key')!
      const frames = createFrameGuard(format, guard)
      frames.push(...createSseParser().push(Buffer.from(stream)))
      frames.end()
      assert.equal(guard.decision().findings.length, 1)
      const json = { model: 'm', messages: [{ role: 'user', content: 'x' }] }
      const written = JSON.stringify(json)
      const read = readRequestTexts(format, json, written)
      const { decision } = evaluate(set, 'request', subject, read.texts, 'key')
      const cover = coverOf({
        ...{ level: 'redacted', set, subject, context: {}, digestKey: 'key', decision, read },
        ...{ body: Buffer.from(written), exchange: { path: '/', query: '' } },
        understood: { json, written, format } as never,
      })
      const judged = isComplete ? guard.decision() : undefined
      const covered = cover.response({ bytes: Buffer.from(stream), format, isStream: true, judged })
      if (!isKept) assert.equal(covered, null, stream)
      else assert.match(String(covered), /to \[/)
    }
})
