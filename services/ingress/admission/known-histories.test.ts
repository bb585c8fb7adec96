import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Turn } from '@airs-cp/providers'
import fc from 'fast-check'
import { HistoryDigest } from './known-histories.ts'

const content = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom(0, 1, 900, 3_000, 20_000))
  .map(([text, times]) => `x${text.repeat(times)}x`)
const turn: fc.Arbitrary<Turn> = fc.record({
  kind: fc.constant('message'),
  role: fc.constantFrom('user', 'assistant'),
  content,
})

test('the digest of a history is that of all its words, however long they are and however it is cut', () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 8 }), fc.array(fc.nat(8), { maxLength: 3 }), (turns, cuts) => {
      const said = turns.map(({ kind, role, content: text }) => `${kind} ${role} "" ${text.length}\n${text}`)
      const digestOf = (count: number) =>
        createHash('sha256').update(said.slice(0, count).join('')).digest('base64')
      const digest = new HistoryDigest()
      let from = 0
      for (const cut of cuts.toSorted((a, b) => a - b)) {
        const to = Math.min(cut, turns.length)
        digest.add(turns.slice(from, to))
        from = to
        if (cut % 2 === 0) assert.equal(digest.value(), digestOf(from))
      }
      assert.equal(digest.add(turns.slice(from)).last(), digestOf(turns.length))
    }),
    { numRuns: 300 },
  )
})
