import { randomUUID } from 'node:crypto'
import { createFrameParser, type JsonObject, type SseFrame } from '@airs-cp/providers'

const noBytes = Buffer.alloc(0)

/**
 * The frames of an event stream that is here whole. One JSON text made of all of them is read in half the time that it takes to read
 * them one by one; a stream that is not as the providers write it is left to the parser that takes anything.
 */
export function readWholeStream(text: string): SseFrame[] {
  return readPlain(text) ?? readAtOnce(text) ?? readOneByOne(text)
}

/** Stands between two frames of a list. No stream knows it, so that none can make two frames of one, or one of two. */
const mark = randomUUID().slice(0, 8)
const between = '}\n\ndata: {'
const separator = `},"${mark}",{`
const plainEnd = 'data: [DONE]\n\n'

/** Of nothing but objects, as the chat formats stream: what stands between them becomes the comma of a list. */
function readPlain(text: string): SseFrame[] | undefined {
  const isDone = text.endsWith(plainEnd)
  const end = (isDone ? text.length - plainEnd.length : text.length) - 2
  if (!text.startsWith('data: {') || !text.startsWith('}\n\n', end - 1)) return undefined
  const plain = text.slice(6, end)
  const list = plain.replaceAll(between, separator)
  if (list.includes('\n') || list.includes('\r')) return undefined
  try {
    const count = 1 + (list.length - plain.length) / (separator.length - between.length)
    const frames = readMarked(list, count)?.map(
      (parsed): SseFrame => ({ event: undefined, data: '', raw: noBytes, parsed }),
    )
    if (!frames) return undefined
    return isDone ? [...frames, { event: undefined, data: '[DONE]', raw: noBytes, parsed: null }] : frames
  } catch {
    return undefined
  }
}

function readAtOnce(text: string): SseFrame[] | undefined {
  if (text.includes('\r') || !text.endsWith('\n\n')) return undefined
  const frames: SseFrame[] = []
  const objects: string[] = []
  for (const block of text.slice(0, -2).split('\n\n')) {
    const dataAt = block.startsWith('event: ') ? block.indexOf('\n') + 1 : 0
    if (!block.startsWith('data: ', dataAt) || block.includes('\n', dataAt)) return undefined
    const event = dataAt > 0 ? block.slice(7, dataAt - 1) : undefined
    const data = block.slice(dataAt + 6)
    if (data.startsWith('{')) objects.push(data)
    else if (data !== '[DONE]') return undefined
    frames.push({ event, data, raw: noBytes, parsed: null })
  }
  try {
    const parsed = readMarked(objects.join(`,"${mark}",`), objects.length)
    if (!parsed) return undefined
    let next = 0
    for (const frame of frames) if (frame.data.startsWith('{')) frame.parsed = parsed[next++]!
    return frames
  } catch {
    return undefined
  }
}

/** @returns `count` objects; undefined where marks do not stand between them alone. @throws where it is no JSON. */
function readMarked(list: string, count: number): JsonObject[] | undefined {
  const values = JSON.parse(`[${list}]`) as (JsonObject | string)[]
  const isMarked = values.every((value, at) => (value === mark) === (at % 2 === 1))
  if (!isMarked || values.length !== Math.max(0, 2 * count - 1)) return undefined
  return values.filter((_, at) => at % 2 === 0) as JsonObject[]
}

function readOneByOne(text: string): SseFrame[] {
  const parser = createFrameParser({ listsFrames: true }, { maxFrameBytes: Number.POSITIVE_INFINITY })
  const frames = parser.push(Buffer.from(text))
  const rest = parser.end()
  return rest ? [...frames, rest] : frames
}
