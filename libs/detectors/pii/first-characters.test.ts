import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstCharacters } from './first-characters.ts'

const patterns = [
  /\d{6}[-+A-F]\d{3}(?!\w)/,
  /[A-Z]{2} ?\d{2}(?!\w)|\d{3}[MGA](?!\w)/,
  /0x[0-9a-f]{2}/,
  /(?:bc|tb)1[02-9]{1,3}/,
  /[13LMDTA][1-9A-HJ-NP-Za-km-z]{2,4}(?!\w)/,
]

test('whatever a pattern matches begins with one of its first characters', () => {
  fc.assert(
    fc.property(fc.constantFrom(...patterns), fc.context(), (pattern, context) => {
      const [text] = fc.sample(
        fc.stringMatching(pattern.source.includes('(?!') ? withoutLookahead(pattern) : pattern),
        1,
      )
      context.log(text!)
      const match = new RegExp(pattern.source, 'g').exec(text!)
      if (match) assert.equal(firstCharacters(pattern)[match[0].charCodeAt(0)], 1)
    }),
    { numRuns: 200 },
  )
  assert.deepEqual(
    [...firstCharacters(/(?:bc|tb)1/)].flatMap((is, code) => (is ? [String.fromCharCode(code)] : [])),
    ['b', 't'],
  )
})

test('a pattern whose beginning may be absent is refused', () => {
  assert.throws(() => firstCharacters(/a?b/), /Cannot tell/)
  assert.throws(() => firstCharacters(/.b/), /Cannot tell/)
})

function withoutLookahead({ source }: RegExp): RegExp {
  return new RegExp(source.replaceAll('(?!\\w)', ''))
}
