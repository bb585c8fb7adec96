import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '@airs-cp/events'
import { coverSaid, createMaskedPlaces, hideNames } from './cover-words.ts'

test('places of thousands of findings are covered by thousands of values', () => {
  const count = 20_000
  const mailOf = (index: number) => `person-${index}@example.com`
  const places = createMaskedPlaces()
  places.add(
    [],
    [],
    new Map(Array.from({ length: count }, (_, index) => [mailOf(index), `[EMAIL#${index}]`])),
  )
  const findings = Array.from({ length: count }, (_, index) => ({ path: `/metadata/${mailOf(index)}/note` }))
  const decision = { findings, scanned: { characters: 0, skipped: [] } } as unknown as Decision
  // One search of all values for each place would take hours.
  const covered = coverSaid({ decision }, places).decision.findings
  assert.deepEqual(
    covered.map(({ path }) => path),
    findings.map((_, index) => `/metadata/[EMAIL~2${index}]/note`),
  )
})

test('fields that a translation left out, and how a response ended, say no more than bodies do', () => {
  const places = createMaskedPlaces()
  places.add([], [], new Map([['ann.smith@example.com', '[EMAIL#1]']]))
  const field = 'tools[0].function.parameters.properties.ann.smith@example.com.if'
  const said = {
    forwarded: { body: {}, ignored: [field, 'messages[0].name'] },
    finishReasons: ['stop', 'for ann.smith@example.com'],
  }
  const masked = coverSaid(said, places)
  assert.deepEqual(masked.forwarded.ignored, [
    'tools[0].function.parameters.properties.[EMAIL#1].if',
    'messages[0].name',
  ])
  assert.deepEqual(masked.finishReasons, ['stop', 'for [EMAIL#1]'])
  const hidden = coverSaid(said, hideNames)
  assert.doesNotMatch(hidden.forwarded.ignored.join(), /ann|smith/)
  assert.equal(hidden.forwarded.ignored[1], 'messages[0].name')
})
