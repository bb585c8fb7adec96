import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSseParser, frameJson } from '@airs-cp/providers'
import fc from 'fast-check'
import { readWholeStream } from './read-whole-stream.ts'

const text = fc.string({
  unit: fc.constantFrom('a', '{', '}', '[', ']', ',', ':', '"', '\\', '\n', '\r', 'data: '),
})
const object = fc.dictionary(text, fc.oneof(text, fc.constant({}), fc.array(fc.constant({})), fc.integer()))
const data = fc.oneof(
  { weight: 9, arbitrary: object.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom('[DONE]', '5', '{},{}', '{"a":[{}', '{}]}', '{', '') },
)
const frame = fc.record({ data, event: fc.option(fc.constantFrom('message_start', 'ping')) })
const stream = fc.record({
  frames: fc.array(frame, { maxLength: 8 }),
  hasEvents: fc.boolean(),
  lineEnd: fc.oneof(
    { weight: 8, arbitrary: fc.constant('\n') },
    { weight: 1, arbitrary: fc.constant('\r\n') },
  ),
  ending: fc.constantFrom('', 'data: [DONE]\n\n', 'data: {"cut":'),
})

/** As many frames as the list has elements that they are together. */
const madeOfOthers = {
  frames: ['{},{}', '{"a":[{}', '{}]}'].map((data) => ({ data, event: null })),
  hasEvents: false,
  lineEnd: '\n' as const,
  ending: '' as const,
}

test('a stream that is here whole has the frames that it has when it is read piece by piece', () =>
  fc.assert(
    fc.property(stream, ({ frames, hasEvents, lineEnd, ending }) => {
      const whole =
        frames
          .map(
            ({ data: said, event }) =>
              `${hasEvents && event ? `event: ${event}${lineEnd}` : ''}data: ${said}${lineEnd}${lineEnd}`,
          )
          .join('') + ending
      const parser = createSseParser({ maxFrameBytes: Number.POSITIVE_INFINITY })
      const expected = parser.push(Buffer.from(whole))
      const rest = parser.end()
      assert.deepEqual(
        readWholeStream(whole).map(frameJson),
        [...expected, ...(rest ? [rest] : [])].map(frameJson),
      )
    }),
    { numRuns: 2_000, examples: [[madeOfOthers]] },
  ))
