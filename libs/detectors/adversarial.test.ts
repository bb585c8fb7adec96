import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adversarialTexts } from './adversarial.testing.ts'
import { createDetector } from './create-detector.ts'

const detectors = [
  createDetector({ detector: 'pii', threshold: 0 }),
  createDetector({ detector: 'secrets', threshold: 0 }),
  createDetector({ detector: 'injection' }),
  createDetector({ detector: 'pattern', name: 'x', pattern: '(?:a*)*b|(?:[0-9 ]+)+x' }),
]

/** Linear scans take some ten milliseconds; one that looks at each pair of characters would take a minute. */
const mostMs = 2000

for (const [name, create] of Object.entries(adversarialTexts))
  test(`128 KB of ${name} keep no detector busy`, () => {
    const text = create(131_072)
    for (const detector of detectors) {
      const start = performance.now()
      detector.detect(text)
      const tookMs = performance.now() - start
      assert(tookMs < mostMs, `${detector.name} took ${tookMs.toFixed(0)} ms`)
      if (detector.kind === 'span') assert(text.length - detector.holdFrom(text, false) <= detector.maxHold)
    }
  })
