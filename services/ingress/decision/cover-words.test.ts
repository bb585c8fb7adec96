import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '@airs-cp/events'
import { coverSaid, createMaskedPlaces } from './cover-words.ts'

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
