import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createEntrySet, entryNames, type PublishedEntries } from '@airs-cp/events'
import fc from 'fast-check'
import { createControlPart } from './control-part.ts'

type Policy = PublishedEntries['policies']

const named = (name: string, version = 1, document = 'fine'): Policy => ({ name, version, document })
const textsOf = (policies: readonly Policy[]) =>
  policies.map((policy) => [entryNames.policies(policy), JSON.stringify(policy)] as const)
const headOf = (version: number, policies: readonly Policy[]) => {
  const set = createEntrySet(textsOf(policies))
  return { version, count: set.count, digest: set.digest() }
}
const read = (entries: ReadonlyMap<string, Policy>, version: number) => {
  const policies = [...entries.values()].toSorted((one, other) => one.name.localeCompare(other.name))
  if (policies.some(({ document }) => document === 'broken')) throw new Error('does not compile')
  return { version, policies }
}
const partWith = (version: number, policies: Policy[]) => {
  const part = createControlPart('policies', read)
  part.sync(textsOf(policies))
  part.settle(headOf(version, policies))
  return part
}

describe('what is published in parts', () => {
  test('is in force when the entries are those of the head, and stays until the next are complete', () => {
    const part = createControlPart('policies', read)
    const [one, two] = [named('one'), named('two')]
    part.sync(textsOf([one]))
    assert.equal(part.settle(headOf(1, [one, two])), 'incomplete')
    assert.equal(part.current(), undefined, 'unknown is not empty')
    part.set(...textsOf([two])[0]!)
    assert.equal(part.settle(headOf(1, [one, two])), 'applied')
    assert.deepEqual(part.current(), { version: 1, policies: [one, two] })
    assert.equal(part.settle(headOf(1, [one, two])), 'unchanged')
    part.set(entryNames.policies(one), undefined)
    assert.equal(part.settle(headOf(1, [one, two])), 'incomplete')
    assert.deepEqual(part.current()?.policies, [one, two], 'an entry that is lost takes nothing out of force')
    assert.equal(part.settle(headOf(2, [two])), 'applied')
    assert.deepEqual(part.current(), { version: 2, policies: [two] })
  })

  test('that cannot be used leaves everything as it was, and is said once per version', () => {
    const part = partWith(1, [named('one')])
    const broken = [named('one', 2), named('two', 1, 'broken')]
    for (const [name, text] of textsOf(broken)) part.set(name, text)
    assert.equal(part.settle(headOf(2, broken)), 'rejected')
    assert.deepEqual(part.rejected(), { version: 2, message: 'does not compile' })
    assert.deepEqual(part.current(), { version: 1, policies: [named('one')] })
    assert.equal(part.settle(headOf(2, broken)), 'rejected')
    part.set('policy.two', 'no JSON')
    assert.equal(part.settle(headOf(2, broken)), 'incomplete', 'a damaged entry is another one')
    const whole = [named('one', 2), named('two', 2)]
    for (const [name, text] of textsOf(whole)) part.set(name, text)
    assert.equal(part.settle(headOf(3, whole)), 'applied')
    assert.equal(part.rejected(), undefined)
    assert.deepEqual([...part.entries()], whole)
  })

  test('replaces what came from a file, surplus included', () => {
    const part = createControlPart('policies', read)
    part.take(7, [named('kept'), named('gone')])
    assert.deepEqual([part.version(), part.current()?.policies.length], [7, 2])
    part.sync(textsOf([named('kept')]))
    assert.equal(part.settle(headOf(8, [named('kept')])), 'applied')
    assert.deepEqual(part.current(), { version: 8, policies: [named('kept')] })
  })

  test('is in force as the publisher had it at some head, whatever is missed, cut off or read anew in between', () => {
    const policy = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c'),
        fc.nat({ max: 3 }),
        fc.constantFrom('fine', 'fine too', 'broken'),
      )
      .map(([name, version, document]) => named(name, version, document))
    const set = fc.uniqueArray(policy, { selector: ({ name }) => name, maxLength: 3 })
    // Each set is published entry by entry and then by its head; the follower may read anew after any message.
    const history = fc.array(fc.record({ set, readAnewAt: fc.nat({ max: 5 }) }), {
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(history, (published) => {
        const part = createControlPart('policies', read)
        const bucket = new Map<string, string>()
        let head: ReturnType<typeof headOf> | undefined
        const usable: unknown[] = [undefined]
        for (const [index, { set, readAnewAt }] of published.entries()) {
          const wanted = new Map(textsOf(set))
          const steps = [...bucket.keys()]
            .filter((name) => !wanted.has(name))
            .map((name) => [name, undefined] as const)
            .concat([...wanted] as never)
          if (!set.some(({ document }) => document === 'broken'))
            usable.push(read(new Map(set.map((one) => [one.name, one])), index))
          for (const [step, [name, text]] of steps.entries()) {
            if (text === undefined) bucket.delete(name)
            else bucket.set(name, text)
            if (step === readAnewAt) part.sync(bucket)
            else part.set(name, text)
            if (head) part.settle(head)
            assert.ok(usable.some((one) => JSON.stringify(one) === JSON.stringify(part.current())))
          }
          head = headOf(index, set)
          part.settle(head)
          assert.ok(usable.some((one) => JSON.stringify(one) === JSON.stringify(part.current())))
          if (!set.some(({ document }) => document === 'broken'))
            assert.deepEqual(part.current(), read(new Map(set.map((one) => [one.name, one])), index))
        }
      }),
    )
  })
})
