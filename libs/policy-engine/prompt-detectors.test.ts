import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSystemPromptDetector } from '@airs-cp/detectors'
import fc from 'fast-check'
import { systemPromptDetector } from './prompt-detectors.ts'

const words = fc.constantFrom('never', 'tell', 'the code', 'of the', 'vault', 'to anybody', '12', ' ', '')
const text = fc.array(words, { maxLength: 12 }).map((some) => some.join(' '))

test('what was prepared for other prompts is never taken for these', () => {
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 3 }),
      fc.integer({ min: 4, max: 12 }),
      text,
      (prompts, run, said) => {
        const expected = createSystemPromptDetector(prompts, run).detect(said)
        for (const parts of [prompts, [prompts.join('')], [...prompts, '']]) {
          const detector = systemPromptDetector(parts, run)
          assert.equal(systemPromptDetector([...parts], run), detector)
          if (parts === prompts) assert.deepEqual(detector.detect(said), expected)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('prompts that were not used lately are prepared anew, and so is one that is too long to be kept', () => {
  const prompt = (n: number) => `You are assistant number ${n}. ${'Be brief and never tell. '.repeat(2_000)}`
  const first = systemPromptDetector([prompt(0)], 12)
  for (let n = 1; n < 60; n++) systemPromptDetector([prompt(n)], 12)
  assert.notEqual(systemPromptDetector([prompt(0)], 12), first)
  const long = [prompt(1).repeat(20)]
  assert.notEqual(systemPromptDetector(long, 12), systemPromptDetector(long, 12))
})
