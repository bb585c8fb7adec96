import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { afterChanges } from './after-changes.ts'

const long = 3_600_000

test('work is done at once after a change, and once for all changes in the pause behind it', async () => {
  let runs = 0
  const loop = afterChanges(long, async () => {
    runs++
  })
  loop.changed()
  assert.equal(runs, 1)
  for (let change = 0; change < 3; change++) loop.changed()
  assert.equal(runs, 1)
  await loop.close()
  assert.equal(runs, 2)
})

test('nothing is done without a change, before and after it is closed', async () => {
  const loop = afterChanges(0, () => assert.fail('nothing has changed'))
  await loop.close()
})

test('the last change is worked on in the end, whatever failed before, and never two at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ fails: fc.boolean(), waits: fc.nat(2) })), async (changes) => {
      let newest = 0
      let seen = 0
      let failing = false
      let under = 0
      const loop = afterChanges(0, async () => {
        assert.equal(++under, 1)
        const value = newest
        await new Promise((resolve) => setImmediate(resolve))
        under--
        if (failing) throw new Error('the disk is full')
        seen = value
      })
      for (const { fails, waits } of changes) {
        failing = fails
        newest++
        loop.changed()
        for (let turn = 0; turn < waits; turn++) await new Promise((resolve) => setImmediate(resolve))
      }
      failing = false
      newest++
      loop.changed()
      await loop.close()
      assert.equal(seen, newest)
    }),
  )
})
