import { createSseParser, type JsonObject, type SseFrame } from '@airs-cp/providers'

const noBytes = Buffer.alloc(0)

/**
 * The frames of an event stream that is here whole. One JSON text made of all of them is read in half the time that it takes to read
 * them one by one; a stream that is not as the providers write it is left to the parser that takes anything.
 */
export function readWholeStream(text: string): SseFrame[] {
  return readPlain(text) ?? readAtOnce(text) ?? readOneByOne(text)
}

const between = '}\n\ndata: {'
const plainEnd = 'data: [DONE]\n\n'

/** Of nothing but objects, as the chat formats stream: what stands between them becomes the comma of a list. */
function readPlain(text: string): SseFrame[] | undefined {
  const isDone = text.endsWith(plainEnd)
  const end = (isDone ? text.length - plainEnd.length : text.length) - 2
  if (!text.startsWith('data: {') || !text.startsWith('}\n\n', end - 1)) return undefined
  const list = text.slice(6, end).replaceAll(between, '},{')
  if (list.includes('\n') || list.includes('\r')) return undefined
  try {
    const objects = JSON.parse(`[${list}]`) as JsonObject[]
    const frames = objects.map((parsed): SseFrame => ({ event: undefined, data: '', raw: noBytes, parsed }))
    // Several objects in one frame would be read as several frames.
    if (frames.length !== 1 + (end - 6 - list.length) / (between.length - '},{'.length)) return undefined
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
    const parsed = JSON.parse(`[${objects.join(',')}]`) as JsonObject[]
    if (parsed.length !== objects.length) return undefined
    let next = 0
    for (const frame of frames) if (frame.data.startsWith('{')) frame.parsed = parsed[next++]!
    return frames
  } catch {
    return undefined
  }
}

function readOneByOne(text: string): SseFrame[] {
  const parser = createSseParser({ maxFrameBytes: Number.POSITIVE_INFINITY })
  const frames = parser.push(Buffer.from(text))
  const rest = parser.end()
  return rest ? [...frames, rest] : frames
}
