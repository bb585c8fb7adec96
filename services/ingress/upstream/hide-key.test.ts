import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { leastCharacters } from '../recording/hide-credentials.ts'
import { hidingKey } from './hide-key.ts'

const key = 'sk-sk-s-0123-sk-server'
const source = { pause() {}, resume() {}, abort() {} }

const ending = (handler: ReturnType<typeof hidingKey>) => handler.end()

function pass(by: string | undefined, chunks: Buffer[], headers: IncomingHttpHeaders = {}, end = ending) {
  const got: Buffer[] = []
  let head: IncomingHttpHeaders = {}
  let isOver = false
  const handler = hidingKey(by, {
    head: (_status, received) => {
      head = received
    },
    data: (chunk) => void got.push(chunk),
    end: () => {
      isOver = true
    },
    error() {},
  })
  handler.head(200, headers, source)
  for (const chunk of chunks) handler.data(chunk)
  end(handler)
  assert.equal(isOver, end === ending)
  return { head, got, text: Buffer.concat(got).toString() }
}

test("the server's key is hidden however it is cut, and nothing else changes", () => {
  const piece = fc.constantFrom(key, 'sk-', 'sk-sk-s-0123-sk-serve', 's', 'sk-sk-', 'é', '\n', 'k')
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.nat(80), { maxLength: 12 }),
      (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''))
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
          (a, b) => a - b,
        )
        const chunks = places.slice(1).map((to, at) => bytes.subarray(places[at], to))
        assert.equal(pass(key, chunks).text, bytes.toString().replaceAll(key, '[credential]'))
      },
    ),
  )
})

test('what does not end like the beginning of the key does not wait', () => {
  const chunks = ['data: your sk-\n\n', `data: ${key}\n\n`].map((text) => Buffer.from(text))
  assert.deepEqual(pass(key, chunks).got.map(String), ['data: your sk-\n\n', 'data: [credential]\n\n'])
  assert.equal(pass(undefined, [chunks[1]!]).got[0], chunks[1], 'it is not looked for where there is none')
})

test('of a response that breaks off nothing is lost, and of a key no more than its first characters are told', () => {
  const piece = fc.constantFrom('x', 's', 'sk-', key.slice(0, leastCharacters - 1), key.slice(0, -1), key)
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const whole = pieces.join('').replaceAll(key, '[credential]')
      const lengths = Array.from({ length: key.length }, (_, less) => key.length - less - 1)
      const begun = lengths.find((length) => whole.endsWith(key.slice(0, length)))!
      const shown = begun < leastCharacters ? whole : `${whole.slice(0, -begun)}[credential]`
      const broken = pass(
        key,
        pieces.map((text) => Buffer.from(text)),
        {},
        (handler) => handler.breakOff(),
      )
      assert.equal(broken.text, shown)
    }),
  )
})

test('a key in a header is hidden', () => {
  const headers = { 'x-echo': `Bearer ${key}`, 'x-list': ['a', key] as unknown as string, 'x-other': '1' }
  assert.deepEqual(pass(key, [], headers).head, {
    'x-echo': 'Bearer [credential]',
    'x-list': ['a', '[credential]'],
    'x-other': '1',
  })
})
