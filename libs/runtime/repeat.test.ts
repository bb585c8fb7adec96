import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { repeat } from './repeat.ts'

const failOnProblem = (error: unknown) => assert.fail(String(error))
const long = 3_600_000

/** Work whose runs end when the test says so. */
function controlledWork() {
  const runs: PromiseWithResolvers<'more' | undefined>[] = []
  const begun: (() => void)[] = []
  return {
    runs,
    work: () => {
      const run = Promise.withResolvers<'more' | undefined>()
      runs.push(run)
      begun.shift()?.()
      return run.promise
    },
    /** Resolves when the next run has begun. */
    next: () => new Promise<void>((resolve) => begun.push(resolve)),
  }
}

/** Long enough for everything that is due at once. */
const soon = () => new Promise((resolve) => setImmediate(resolve))

test('work is done at once and again after the pause', async () => {
  const { work, runs, next } = controlledWork()
  await using _ = repeat({ everyMs: 1, work, onProblem: failOnProblem })
  for (let run = 0; run < 3; run++) {
    const begun = next()
    runs.at(-1)?.resolve(undefined)
    await begun
  }
  assert.equal(runs.length, 4)
  runs.at(-1)?.resolve(undefined)
})

test('waking it in a pause does the work now; waking it twice does it once', async () => {
  const { work, runs } = controlledWork()
  await using loop = repeat({ everyMs: long, work, onProblem: failOnProblem })
  runs[0]?.resolve(undefined)
  await soon()
  assert.equal(runs.length, 1)
  loop.wake()
  loop.wake()
  await soon()
  assert.equal(runs.length, 2)
  runs[1]?.resolve(undefined)
  await soon()
  assert.equal(runs.length, 2)
})

test('work that is woken or returns more is done again without a pause, and never beside itself', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ wakes: fc.nat(3), ends: fc.constantFrom('more' as const, undefined, 'throws' as const) }),
      ),
      async (steps) => {
        const { work, runs } = controlledWork()
        const problems: unknown[] = []
        await using loop = repeat({ everyMs: long, work, onProblem: (error) => problems.push(error) })
        for (const { wakes, ends } of steps) {
          const before = runs.length
          for (let wake = 0; wake < wakes; wake++) loop.wake()
          await soon()
          assert.equal(runs.length, before, 'one at a time')
          if (ends === 'throws') runs.at(-1)?.reject(new Error('no'))
          else runs.at(-1)?.resolve(ends)
          await soon()
          const isAgain = wakes > 0 || ends === 'more'
          assert.equal(runs.length, isAgain ? before + 1 : before)
          if (!isAgain) {
            loop.wake()
            await soon()
          }
        }
        assert.equal(problems.length, steps.filter(({ ends }) => ends === 'throws').length)
        runs.at(-1)?.resolve(undefined)
      },
    ),
    { numRuns: 50 },
  )
})

test('closing aborts the work, waits for it, and reports nothing that follows from the abort', async () => {
  const ended = Promise.withResolvers<void>()
  let runs = 0
  const loop = repeat({
    everyMs: 1,
    work: async (signal) => {
      runs++
      await ended.promise
      signal.throwIfAborted()
    },
    onProblem: failOnProblem,
  })
  let isClosed = false
  const closing = loop.close().then(() => {
    isClosed = true
  })
  await soon()
  assert.equal(isClosed, false)
  ended.resolve()
  await closing
  loop.wake()
  await soon()
  assert.equal(runs, 1)
})
