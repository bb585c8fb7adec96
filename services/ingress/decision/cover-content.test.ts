import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicySet, evaluate } from '@airs-cp/policy-engine'
import { formats, readRequestTexts } from '@airs-cp/providers'
import { coverOf, coverOfUnjudged } from './cover-content.ts'

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
