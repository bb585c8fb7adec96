import assert from 'node:assert/strict'
import { createSseParser, MalformedStreamError, type SseFrame } from '@airs-cp/providers'
import fc from 'fast-check'
import { cutAt } from '../../support/cut-at.ts'
import { mutated } from '../mutated.ts'
import { defineTarget } from '../target.ts'

const newline = fc.constantFrom('\n', '\r\n', '\r')
const line = fc
  .tuple(
    fc.constantFrom('data', 'event', 'id', 'retry', '', 'dat', 'data '),
    fc.constantFrom(':', ': ', '', ':: '),
    fc.oneof(fc.json(), fc.string({ unit: 'grapheme' }), fc.constant('[DONE]')),
    newline,
  )
  .map((parts) => parts.join(''))
const stream = fc
  .tuple(
    fc.constantFrom('', '\u{feff}'),
    fc.array(fc.tuple(fc.array(line, { maxLength: 4 }), newline), { maxLength: 12 }),
  )
  .map(([mark, frames]) => mark + frames.map(([lines, end]) => lines.join('') + end).join(''))

const maxFrameBytes = 256

function read(chunks: Buffer[], inPieces: boolean): { frames: SseFrame[]; error: boolean } {
  const parser = createSseParser({ maxFrameBytes, inPieces })
  const frames: SseFrame[] = []
  try {
    for (const chunk of chunks) frames.push(...parser.push(chunk))
    const last = parser.end()
    if (last) frames.push(last)
    return { frames, error: false }
  } catch (error) {
    if (error instanceof MalformedStreamError) return { frames, error: true }
    throw error
  }
}

export const sse = defineTarget({
  name: 'event streams: every byte comes out once, and the same frames however they are cut',
  input: fc.tuple(
    mutated(stream, ['\n\n', '\r', '\r\n', 'data:', ': ', '\u{feff}', '\0']),
    fc.array(fc.nat()),
  ),
  check([bytes, cuts]) {
    for (const inPieces of [false, true]) {
      const [whole, cut] = [read([bytes], inPieces), read(cutAt(bytes, cuts), inPieces)]
      if (inPieces) assert.equal(cut.error, false)
      if (!cut.error) assert.deepEqual(Buffer.concat(cut.frames.map(({ raw }) => raw)), bytes)
      // Whether a frame is a byte over the limit depends on whether the LF of its last CRLF came with it.
      if ([whole, cut].some(({ error, frames }) => error || frames.some(({ piece }) => piece))) continue
      const said = ({ frames }: typeof whole) =>
        frames
          .filter(({ data, event }) => data !== '' || event !== undefined)
          .map(({ data, event }) => ({ data, event }))
      assert.deepEqual(said(cut), said(whole))
    }
  },
})
