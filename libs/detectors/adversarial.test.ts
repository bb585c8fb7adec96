import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adversarialTexts } from './adversarial.testing.ts'
import { createDetector } from './create-detector.ts'
import { ordinaryTexts } from './ordinary.testing.ts'
import { viewOf } from './view/view.ts'

const detectors = [
  createDetector({ detector: 'pii', threshold: 0 }),
  createDetector({ detector: 'secrets', threshold: 0 }),
  createDetector({ detector: 'injection' }),
  createDetector({ detector: 'pattern', name: 'x', pattern: '(?:a*)*b|(?:[0-9 ]+)+x' }),
]

const short = 4_096
const times = 16
/** A linear scan of a text that is 16 times as long takes 16 times as long, a quadratic one 256 times. */
const mostRatio = 64
/** Processor time is counted in steps of some milliseconds. */
const leastMicros = 4_000

for (const [name, create] of Object.entries(adversarialTexts))
  test(`the cost of ${name} is linear in their length`, () => {
    const [some, many] = [create(short), create(times * short)]
    for (const detector of detectors) {
      detector.detect(some)
      const once = cpuMicros(() => detector.detect(some))
      const long = cpuMicros(() => detector.detect(many))
      assert(long <= mostRatio * once, `${detector.name}: ${once.toFixed()} µs, then ${long.toFixed()} µs`)
      if (detector.kind === 'span')
        assert(viewOf(many.slice(detector.holdFrom(many, false))).text.length <= detector.maxHold)
    }
  })

/** Processor time of all built-in detectors on one view, as the policy engine asks them. */
function costOf(text: string): number {
  return cpuMicros(() => {
    const view = viewOf(text)
    for (const detector of detectors.slice(0, 3)) detector.detect(text, view)
  })
}

/** The dearest takes three to four times as much on a quiet machine. What neighbours add is not there each time. */
const mostOfProse = 5
const tries = 5

test('no kind of text costs many times as much as prose', () => {
  const prose = ordinaryTexts.prose!(2_048)
  const kinds = { ...ordinaryTexts, ...adversarialTexts }
  for (const create of Object.values(kinds)) costOf(create(2_048))
  for (const [name, create] of Object.entries(kinds)) {
    const text = create(2_048)
    let ratio = Number.POSITIVE_INFINITY
    for (let tried = 0; ratio > mostOfProse && tried < tries; tried++)
      ratio = Math.min(ratio, costOf(text) / costOf(prose))
    assert(ratio <= mostOfProse, `${name}: ${ratio.toFixed(1)} times prose`)
  }
})

/** Linear is 8, quadratic 64. The bench of the detectors goes on to 8 MB. */
const mostRatioOfLong = 24

for (const [name, create] of Object.entries(ordinaryTexts))
  test(`the cost of ${name} is linear`, () => {
    const [some, many] = [create(1 << 15), create(1 << 18)]
    for (const detector of detectors.slice(0, 3)) {
      const once = cpuMicros(() => detector.detect(some))
      const long = cpuMicros(() => detector.detect(many))
      assert(
        long <= mostRatioOfLong * once,
        `${detector.name}: ${once.toFixed()} µs, then ${long.toFixed()} µs`,
      )
    }
  })

test('a million characters that nobody sees are read in one piece', () => {
  const text = '\u{e0041}'.repeat(1_000_000)
  for (const detector of detectors) {
    const scan = detector.open()
    scan.push(text)
    assert.equal(scan.end().finalTo, text.length)
    if (detector.kind === 'text') assert.equal(detector.detect(text)[0]?.end, text.length)
  }
})

/**
 * Processor time of this thread for a run, so that neighbours on the machine count for little: the least of three, because garbage of others
 * may be collected in one.
 */
function cpuMicros(run: () => unknown): number {
  return Math.min(...Array.from({ length: 3 }, () => meanMicros(run)))
}

function meanMicros(run: () => unknown): number {
  const before = process.threadCpuUsage()
  for (let runs = 1; ; runs++) {
    run()
    const { user, system } = process.threadCpuUsage(before)
    if (user + system >= leastMicros) return (user + system) / runs
  }
}
