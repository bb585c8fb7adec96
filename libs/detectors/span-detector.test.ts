import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { assertChunkingDoesNotMatter } from './chunking.testing.ts'
import { createDetector } from './create-detector.ts'

const piece = fc.oneof(
  fc.constantFrom(
    'a',
    '.',
    '@',
    '-',
    ' ',
    '\n',
    'é',
    '東',
    '@@',
    'x@y',
    '.com',
    '.c',
    'foo.bar@example.co.uk',
  ),
  fc.string({ maxLength: 8 }),
  fc.emailAddress(),
)
const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
const cuts = fc.array(fc.nat(12), { maxLength: 40 })

test('an address is found whole however the text is cut', () => {
  const detector = createDetector({ detector: 'pii', types: ['EMAIL'] })
  assert(detector.kind === 'span')
  fc.assert(fc.property(text, cuts, (whole, sizes) => assertChunkingDoesNotMatter(detector, whole, sizes)))
})
