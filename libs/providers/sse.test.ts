import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutAt } from '../../test/support/cut-at.ts'
import { createSseParser, frameJson, MalformedStreamError, readFrame, type SseFrame, sseText } from './sse.ts'

function parse(chunks: Buffer[], maxFrameBytes?: number): SseFrame[] {
  const parser = createSseParser(maxFrameBytes === undefined ? {} : { maxFrameBytes })
  const frames = chunks.flatMap((chunk) => parser.push(chunk))
  const last = parser.end()
  return last ? [...frames, last] : frames
}

const said = (frames: SseFrame[]) =>
  frames.filter(({ data }) => data !== '').map(({ event, data }) => ({ event, data }))

const line = fc.oneof(
  fc.constantFrom(
    'data: a',
    'data:b',
    'data',
    'data: [DONE]',
    ': ping',
    'event: x',
    'event:',
    'id: 7',
    'retry: 1',
  ),
  fc.string({ unit: 'grapheme' }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
  fc.constant(''),
)
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')), { maxLength: 30 })
  .map((lines) => Buffer.from(lines.map(([text, end]) => text + end).join('')))

test('no chunking changes what is read, and no byte is lost', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (bytes, places) => {
      const frames = parse(cutAt(bytes, places))
      assert.deepEqual(Buffer.concat(frames.map(({ raw }) => raw)), bytes)
      assert.deepEqual(said(frames), said(parse([bytes])))
    }),
    { numRuns: 500 },
  )
})

test('any bytes pass through, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 8 }), (array, places) => {
      const bytes = Buffer.from(array)
      assert.deepEqual(Buffer.concat(parse(cutAt(bytes, places)).map(({ raw }) => raw)), bytes)
    }),
  )
})

test('fields are read as the standard says', () => {
  const frames = parse([
    Buffer.from(
      '\uFEFFdata: one\n\n: comment\n\nevent: add\ndata: two\ndata:  three\ndata\nid: 1\n\r\ndata:four\r\n\r\ndata: five\r\revent: only\n\ndata: rest',
    ),
  ])
  assert.deepEqual(said(frames), [
    { event: undefined, data: 'one' },
    { event: 'add', data: 'two\n three\n' },
    { event: undefined, data: 'four' },
    { event: undefined, data: 'five' },
    { event: undefined, data: 'rest' },
  ])
  assert.equal(frames[1]?.raw.toString(), ': comment\n\n')
})

test('a byte order mark is passed over at the start of every line, wherever the stream is cut', () => {
  const bytes = Buffer.from('data: a\n\r\n\uFEFFevent: add\n\uFEFFdata: b\n\n')
  for (let at = 0; at <= bytes.length; at++)
    assert.deepEqual(said(parse([bytes.subarray(0, at), bytes.subarray(at)])), [
      { event: undefined, data: 'a' },
      { event: 'add', data: 'b' },
    ])
})

test('a frame is given out with the byte that completes it', () => {
  const parser = createSseParser()
  assert.deepEqual(
    parser.push(Buffer.from('data: a\r\n\r')).map(({ data }) => data),
    ['a'],
  )
  assert.deepEqual(parser.push(Buffer.from('\ndata: b\n')), [])
  assert.deepEqual(
    parser.push(Buffer.from('\n')).map(({ raw }) => raw.toString()),
    ['\ndata: b\n\n'],
  )
  assert.equal(parser.end(), undefined)
})

test('a frame over the limit fails the stream, after the frames before it were given', () => {
  const long = Buffer.from(`data: ${'x'.repeat(100)}\n\n`)
  assert.equal(parse([long], 108).length, 1)
  assert.throws(() => parse([long], 107), MalformedStreamError)
  assert.throws(() => parse([Buffer.from('data: '), Buffer.alloc(200, 'x')], 107), MalformedStreamError)
  const parser = createSseParser({ maxFrameBytes: 20 })
  assert.equal(parser.push(Buffer.concat([Buffer.from('data: a\n\n'), long])).length, 1)
  assert.throws(() => parser.push(Buffer.from('\n')), MalformedStreamError)
  assert.throws(() => parser.end(), /longer than 20 bytes/)
})

test('what is written can be read again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.option(fc.constantFrom('a', 'message_stop')),
      (data, event) => {
        const frame = readFrame(Buffer.from(sseText(data, event ?? undefined)))
        assert.equal(frame.data, data.replaceAll(/\r\n|\r/g, '\n'))
        assert.equal(frame.event, event ?? undefined)
      },
    ),
  )
})

test('frames over the limit are given out in pieces, with the outline of their data', () => {
  const json = fc
    .record({ type: fc.constant('t'), text: fc.string({ unit: 'grapheme', maxLength: 60 }), usage: fc.nat() })
    .map((body) => Buffer.from(sseText(body, 'long')))
  fc.assert(
    fc.property(
      fc.array(fc.oneof(json, stream), { maxLength: 5 }).map((parts) => Buffer.concat(parts)),
      fc.array(fc.nat(), { maxLength: 10 }),
      (bytes, places) => {
        const parser = createSseParser({ maxFrameBytes: 40, inPieces: true })
        const frames = cutAt(bytes, places).flatMap((chunk) => parser.push(chunk))
        const last = parser.end()
        if (last) frames.push(last)
        assert.deepEqual(Buffer.concat(frames.map(({ raw }) => raw)), bytes)
        const whole = parse(cutAt(bytes, places))
        const ends = frames.filter(({ piece }) => piece !== 'begun')
        assert.equal(ends.length, whole.length)
        for (const [index, frame] of ends.entries()) {
          if (frame.piece === undefined) assert.deepEqual(said([frame]), said([whole[index]!]))
          // One that other fields begin, of more than a frame may have, has no outline.
          else if (whole[index]!.raw.toString().startsWith('event: long\ndata: {"type"')) {
            assert.deepEqual([frame.event, frameJson(frame)], ['long', frameJson(whole[index]!)])
          }
        }
      },
    ),
    { numRuns: 300 },
  )
})
