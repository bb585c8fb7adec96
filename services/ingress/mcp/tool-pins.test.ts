import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import fc from 'fast-check'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { openToolPins } from './tool-pins.ts'

const server = { name: 'files', pins: {} }
const whole = { reader: 'one', isFirst: true, isLast: true }

async function open(
  t: Pick<TestContext, 'after'>,
  fact?: (type: string) => Promise<void>,
  decided: { refused?: string } = {},
) {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const files = { mcpPinsFile: join(path, 'pins.json'), mcpDriftFile: join(path, 'drift.json') }
  const recorded: string[] = []
  const note = async (type: string) => {
    await fact?.(type)
    recorded.push(type)
  }
  const pins = await openToolPins(files, { fact: note }, () => ({
    find: () => decided,
    hasRefused: () => decided.refused !== undefined,
  }))
  /** `a` stands for the definition with the digest `a`. */
  const list = (tools: readonly (readonly [name: string, sha256: string])[], page = whole) =>
    pins.note(
      server,
      tools.map(([name, sha256]) => ({ name, sha256, definition: { name } })),
      { exchange: 'x', ...page },
    )
  return {
    ...{ list, recorded },
    isDrifted: (tool: string) => pins.isDrifted(server, tool),
    isRefused: (tool: string, listed?: string) => pins.isRefused(server, tool, listed),
  }
}

test('a tool is pinned whatever its name is', async (t) => {
  const { list, recorded, isDrifted } = await open(t)
  const names = ['constructor', 'toString', 'read']
  for (let time = 0; time < 2; time++) await list(names.map((name) => [name, 'a'] as const))
  assert.deepEqual(recorded, [eventTypes.mcpToolsPinned])
  for (const name of names) assert.equal(isDrifted(name), false, name)
})

test('a tool that is listed twice is as it was pinned only where all of its definitions are', async (t) => {
  const digests = fc.array(fc.constantFrom('a', 'a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(fc.array(digests, { minLength: 1, maxLength: 4 }), async (lists) => {
      const { list, isDrifted } = await open(t)
      await list([['read', 'a']])
      for (const found of lists) {
        await list(found.map((sha256) => ['read', sha256] as const))
        assert.equal(
          isDrifted('read'),
          found.some((sha256) => sha256 !== 'a'),
          found.join(),
        )
      }
    }),
    { numRuns: 60 },
  )
})

test('a page does not take back what another page of the list has said of a tool', async (t) => {
  const { list, recorded, isDrifted } = await open(t)
  const pages = async (...found: string[]) => {
    for (const [index, sha256] of found.entries())
      await list([['read', sha256]], {
        ...{ reader: 'one', isFirst: index === 0, isLast: index === found.length - 1 },
      })
  }
  await list([['read', 'a']])
  for (const found of [
    ['b', 'a'],
    ['a', 'b'],
    ['a', 'b', 'a'],
    ['b', 'a'],
  ]) {
    await pages(...found)
    assert.equal(isDrifted('read'), true, found.join())
  }
  // A page whose list is not known here, such as that of another process.
  await list([['read', 'a']], { reader: 'two', isFirst: false, isLast: true })
  assert.equal(isDrifted('read'), true)
  await pages('a', 'a')
  assert.equal(isDrifted('read'), false)
  assert.deepEqual(recorded, [
    eventTypes.mcpToolsPinned,
    eventTypes.mcpToolDrifted,
    eventTypes.mcpToolRestored,
  ])
})

test('a refused definition is refused wherever it stands among others, and none of them is reported twice', async (t) => {
  for (const digests of ['bc', 'cb', 'abc', 'cba']) {
    const { list, recorded, isRefused } = await open(t, undefined, { refused: 'c' })
    await list([['read', 'a']])
    for (let time = 0; time < 3; time++) await list([...digests].map((sha256) => ['read', sha256] as const))
    assert.equal(isRefused('read'), true, digests)
    assert.deepEqual(recorded, [eventTypes.mcpToolsPinned, eventTypes.mcpToolDrifted], digests)
  }
})

test('a definition that another ingress has seen is refused until a whole list since defines the tool otherwise', async (t) => {
  const parts = { isFirst: false, isLast: false }
  for (const pinned of ['a', 'c', undefined]) {
    const decided: { refused?: string } = {}
    const { list, isRefused } = await open(t, undefined, decided)
    if (pinned) await list([['read', pinned]])
    assert.equal(isRefused('read'), false)
    decided.refused = 'c'
    assert.equal(isRefused('read'), true, 'not listed since')
    assert.equal(isRefused('read', 'a'), false, 'a list at hand shows what it shows')
    await list([['read', 'a']], { ...whole, ...parts, isFirst: true })
    assert.equal(isRefused('read'), true, 'the list goes on')
    await list([['other', 'a']], { ...whole, ...parts, isLast: true })
    assert.equal(isRefused('read'), false)
    await list([
      ['read', 'c'],
      ['read', 'a'],
    ])
    assert.equal(isRefused('read'), true, 'defined in both ways')
    decided.refused = 'd'
    assert.equal(isRefused('read'), true, 'another one is refused now')
  }
})

test('no number of other tools hides that one has drifted', async (t) => {
  const { list, isDrifted } = await open(t)
  await list([['read', 'a']])
  await list(Array.from({ length: 12_000 }, (_, index) => [`tool-${index}`, 'a'] as const))
  await list([['read', 'b']])
  assert.equal(isDrifted('read'), true)
  // Beyond those that are noted nothing is pinned, and each counts as drifted.
  assert.equal(isDrifted('tool-0'), false)
  assert.equal(isDrifted('tool-11999'), true)
})

test('what could not be recorded of a tool is recorded when it is seen next', async (t) => {
  let isFull = true
  const { list, recorded } = await open(t, async () => {
    if (isFull) throw new Error('the journal is full')
  })
  const meanwhile = async (sha256: string) => {
    isFull = true
    await assert.rejects(list([['read', sha256]]), /is full/)
    isFull = false
    await list([['read', sha256]])
  }
  for (const sha256 of ['a', 'b', 'a']) await meanwhile(sha256)
  assert.deepEqual(recorded, [
    eventTypes.mcpToolsPinned,
    eventTypes.mcpToolDrifted,
    eventTypes.mcpToolRestored,
  ])
})
