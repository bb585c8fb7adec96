import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDetector, type SpanDetector } from '@airs-cp/detectors'
import fc from 'fast-check'
import { assertChunkingDoesNotMatter } from '../chunking.testing.ts'

const pii = createDetector({ detector: 'pii', threshold: 0 }) as SpanDetector

const hexOf = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`))
const two = fc.integer({ min: 10, max: 59 })
const machineToken = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.constantFrom(32, 40, 64, 128).chain(hexOf),
  fc
    .tuple(
      fc.integer({ min: 1900, max: 2100 }),
      two,
      two,
      two,
      fc.constantFrom('', 'Z', '.123Z', '+02:00', '.5-05:00'),
    )
    .map(([year, month, hour, minute, rest]) => `${year}-${month}-28T${hour}:${minute}:05${rest}`),
)
const email = fc.constant('ann@example.com')
const phone = fc.constant('phone (212) 555-0187')
const filler = fc.constantFrom('id', 'trace', 'at', '"', ' ', '\n', ',', '=', 'aadhaar', '-', '1', 'f')

test('what programs call things by is nobody’s data, whatever stands before it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('id: ', 'SSN ', 'phone ', 'passport no. ', 'card '),
      machineToken,
      (before, token) => {
        assert.deepEqual(pii.detect(`${before}${token} `), [])
      },
    ),
  )
})

test('what stands beside it is found, however the text is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(machineToken, email, phone, filler), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
      (parts, sizes) => assertChunkingDoesNotMatter(pii, parts.join(''), sizes),
    ),
  )
  assert.deepEqual(
    pii.detect('0193a7c2-5b1e-7c44-9f0e-3d2b1a4c5d6e 4111 1111 1111 1111').map(({ type }) => type),
    ['CREDIT_CARD'],
  )
})

test('a number in a table without words is found where it says itself what it is', () => {
  const table = (cell: string) => `1700000000, 54321, ${cell}, 12.5\n`.repeat(3)
  assert.deepEqual(pii.detect(table('7700112233')), [])
  assert.equal(pii.detect(table('4111111111111111')).length, 3)
  assert.equal(pii.detect(table('+4915123456789')).length, 3)
  assert.equal(pii.detect(`${table('1')}${table('2')}tel. 2125550187`).length, 1)
  assert.equal(pii.detect('2125550187 is my phone').length, 1)
})
