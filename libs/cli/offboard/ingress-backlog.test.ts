import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unconfirmedIn } from './ingress-backlog.ts'

/** Metrics of an ingress with so many workers, of which each has events that are not in Postgres. */
function metricsOf(waiting: readonly number[]): string {
  const name = 'airs_journal_uncommitted'
  const sample = (count: number, index: number) =>
    waiting.length === 1 ? `${name} ${count}` : `${name}{worker="${index + 1}"} ${count}`
  return `# TYPE ${name} gauge\n${waiting.map(sample).join('\n')}\n\n# TYPE ${name}_stall gauge\n${name}_stall 7\n`
}

test('what an ingress has not shipped is that of all its workers', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1 }), (waiting) => {
      const sum = waiting.reduce((total, count) => total + count, 0)
      assert.equal(unconfirmedIn(metricsOf(waiting)), sum)
    }),
  )
})

test('metrics of something else have no such count', () => {
  assert.equal(unconfirmedIn('# TYPE up gauge\nup 1\n'), undefined)
})
