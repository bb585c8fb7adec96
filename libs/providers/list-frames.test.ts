import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createFrameParser, createListParser, listEnding } from './list-frames.ts'
import { frameJson, type SseFrame, type SseParser, withFrameData } from './sse.ts'

const object = fc.dictionary(
  fc.string({ maxLength: 4, unit: 'binary' }),
  fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\\', '"', '\\"]}', '[{', '}'), fc.jsonValue()),
  { maxKeys: 4 },
)
const space = fc.constantFrom('', ' ', '\n', '\r\n\t')
/** Lists as servers write them, with the objects that they hold. */
const lists = fc
  .record({
    objects: fc.array(object, { maxLength: 5 }),
    between: space,
    indent: fc.nat(2),
    mark: fc.boolean(),
  })
  .map(({ objects, between, indent, mark }) => {
    const elements = objects.map((one) => JSON.stringify(one, null, indent))
    const list = `[${between}${elements.join(`${between},${between}`)}${between}]${between}`
    return { objects, bytes: Buffer.from(`${mark ? '\uFEFF' : ''}${between}${list}`) }
  })
const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })

function parse(parser: SseParser, bytes: Buffer, cuts: number[]): SseFrame[] {
  const frames: SseFrame[] = []
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const size = cuts[index % cuts.length]!
    frames.push(...parser.push(bytes.subarray(at, at + size)))
    at += size
  }
  const last = parser.end()
  return last ? [...frames, last] : frames
}
const bytesOf = (frames: readonly SseFrame[]) => Buffer.concat(frames.map(({ raw }) => raw))

test('the elements of a list are its frames, however it is cut, and no byte is lost', () => {
  fc.assert(
    fc.property(lists, sizes, ({ objects, bytes }, cuts) => {
      const frames = parse(createFrameParser({ listsFrames: true }), bytes, cuts)
      assert.deepEqual(bytesOf(frames), bytes)
      const elements = frames.filter(({ listed }) => listed === 'element')
      assert.deepEqual(
        elements.map(frameJson),
        objects.map((one) => JSON.parse(JSON.stringify(one))),
      )
      assert.ok(frames.some(({ listed }) => listed === 'end'))
    }),
  )
})

test('one element can be changed, and the list stays as it was around it', () => {
  const parser = createListParser()
  const frames = parser.push(Buffer.from('[ {"a": 1},\r\n{"a": 2} ,{"a": 3}\n]\n'))
  frames[1] = withFrameData(frames[1]!, '{"b": "x"}')
  assert.equal(String(bytesOf(frames)), '[ {"a": 1},\r\n{"b": "x"} ,{"a": 3}\n]\n')
})

test('where it may pass in pieces, anything does, and what is no list of objects is an error elsewhere', () => {
  const junk = fc.oneof(
    fc.constantFrom('[1]', '[{}{}]', '[{},,{}]', '[{}] x', '[]]', '[{}],', '["a"]', '[null]', '[[{}]]'),
    fc.string({ unit: 'binary' }).map((text) => `[${text}`),
  )
  fc.assert(
    fc.property(junk, sizes, fc.integer({ min: 1, max: 40 }), (text, cuts, maxFrameBytes) => {
      const bytes = Buffer.from(text)
      assert.deepEqual(
        bytesOf(parse(createListParser({ maxFrameBytes, inPieces: true }), bytes, cuts)),
        bytes,
      )
    }),
  )
  for (const text of ['[1]', '[{}{}]', '[{},,{}]', '[{}] x', '["a"]'])
    assert.throws(
      () => {
        const parser = createListParser()
        parser.push(Buffer.from(text))
        parser.push(Buffer.alloc(0))
      },
      { name: 'MalformedStreamError' },
      text,
    )
})

test('a long element passes in pieces, and what is short in it is known', () => {
  fc.assert(
    fc.property(sizes, (cuts) => {
      const bytes = Buffer.from(`[{"a":"${'x'.repeat(600)}","model":"m"},{"b":1}]`)
      const frames = parse(createListParser({ maxFrameBytes: 64, inPieces: true }), bytes, cuts)
      assert.deepEqual(bytesOf(frames), bytes)
      const ended = frames.find(({ piece }) => piece === 'ended')!
      assert.deepEqual(frameJson(ended), { a: '', model: 'm' })
    }),
  )
  assert.throws(
    () => createListParser({ maxFrameBytes: 64 }).push(Buffer.from(`[{"a":"${'x'.repeat(600)}`)),
    {
      name: 'MalformedStreamError',
    },
  )
})

test('a list that was cut ends as far as it came', () => {
  const frames = parse(createListParser(), Buffer.from('[{"a":1},{"b":'), [3])
  assert.deepEqual(
    frames.map(({ data }) => data),
    ['{"a":1}', '{"b":'],
  )
})

test('events end a list as its last elements', () => {
  const events = 'data: {"a":1}\n\nevent: error\ndata: {"b":2}\n\n'
  assert.deepEqual(JSON.parse(listEnding(events, false)), [{ a: 1 }, { b: 2 }])
  assert.deepEqual(JSON.parse(`[{}${listEnding(events, true)}`), [{}, { a: 1 }, { b: 2 }])
})
