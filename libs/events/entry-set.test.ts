import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createEntrySet } from './entry-set.ts'

const changes = fc.array(
  fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.option(fc.string({ maxLength: 4 }), { nil: undefined })),
)

test('the digest depends on the entries alone, however they came about', () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const set = createEntrySet()
      const expected = new Map<string, string>()
      for (const [name, text] of steps) {
        set.set(name, text)
        if (text === undefined) expected.delete(name)
        else expected.set(name, text)
      }
      const again = createEntrySet([...expected].reverse())
      assert.equal(set.digest(), again.digest())
      assert.equal(set.count, expected.size)
      assert.deepEqual(new Map([...set.names()].map((name) => [name, set.get(name)!])), expected)
    }),
  )
})

test('every missing, surplus or changed entry changes the digest', () => {
  const entry = fc.tuple(fc.string(), fc.string())
  fc.assert(
    fc.property(
      fc.uniqueArray(entry, { minLength: 1, selector: ([name]) => name }),
      entry,
      (entries, [name, text]) => {
        const digest = createEntrySet(entries).digest()
        assert.notEqual(createEntrySet(entries.slice(1)).digest(), digest)
        if (!entries.some(([one, value]) => one === name && value === text))
          assert.notEqual(createEntrySet([...entries, [name, text]]).digest(), digest)
      },
    ),
  )
})
