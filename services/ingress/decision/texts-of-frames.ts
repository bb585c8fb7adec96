import { isUtf8 } from 'node:buffer'
import type { Slices } from '@airs-cp/events'
import type { EvaluatedText, EvaluationContext } from '@airs-cp/policy-engine'
import {
  createFrameReader,
  frameJson,
  isDone,
  type Json,
  type JsonObject,
  type SseFrame,
  unescapeToken,
  type WireFormat,
} from '@airs-cp/providers'

type Said = Pick<EvaluatedText, 'kind' | 'fixed'> & { text: string }

/** Of the request. */
type Asked = Pick<EvaluationContext, 'requestSays'>

/** All strings of a stream as a guard sees them: pieces joined by their channels, and whatever else stands in or beside its frames. */
export function* textsOfFrames(
  format: WireFormat,
  frames: readonly SseFrame[],
  context: Asked,
): Slices<{ path: string; text: string }[]> {
  const { channels, wholes, others } = yield* readFrames(format, frames, context)
  const all = new Set([...others, ...wholes.map(({ text }) => text)])
  return [...[...channels.values()].map(({ text }) => text), ...all].map((text, index) => ({
    path: `/frames/${index}`,
    text,
  }))
}

/**
 * What a stream says that its assembled response does not: comments, ids and whatever else each frame has, and pieces that were not
 * put together. It can be judged, and not be changed.
 */
export function* textsBeside(
  format: WireFormat,
  frames: readonly SseFrame[],
  assembled: JsonObject,
  context: Asked,
): Slices<EvaluatedText[]> {
  const { channels, wholes, others } = yield* readFrames(format, frames, context)
  const said = [...channels].map(([channel, one]) => ({ channel, ...one }))
  const beside: Said[] = [...said, ...wholes].filter(({ channel, text }) => !says(assembled, channel, text))
  for (const text of others) beside.push({ text, kind: 'unknown' })
  return beside.map(({ text, kind = 'unknown', fixed = 'encoded' }, index) => ({
    ...{ path: `/frames/${index}`, text, kind, fixed },
    role: kind === 'unknown' ? 'unknown' : 'assistant',
  }))
}

function* readFrames(format: WireFormat, frames: readonly SseFrame[], { requestSays }: Asked) {
  const read = createFrameReader(format, requestSays)
  const channels = new Map<string, Said>()
  const wholes: (Said & { channel: string })[] = []
  const others = new Set<string>()
  for (const frame of frames) {
    const { texts, asides } = read(frame)
    for (const { channel, text, whole, kind, fixed } of texts) {
      const about = { kind, ...(fixed && { fixed }) }
      if (whole) wholes.push({ channel, text, ...about })
      else channels.set(channel, { ...about, text: (channels.get(channel)?.text ?? '') + text })
    }
    for (const { text } of asides) others.add(text)
    if (isDone(frame)) others.add(frame.data.slice('[DONE]'.length))
    if (frame.raw.length !== Buffer.byteLength(frame.data) + 'data: \n\n'.length || !isUtf8(frame.raw))
      others.add(besideData(frame))
    yield
  }
  others.delete('')
  return { channels, wholes, others }
}

/**
 * Comments, and fields of a frame other than its data and its name.
 * @param name said by the data too, or by the protocol.
 */
export function besideData(frame: SseFrame, name = frameJson(frame)?.type): string {
  if (frame.listed) return ''
  const named = `event: ${String(name)}`
  return frame.raw
    .toString('utf8')
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '' && line !== named && !/^(?:\uFEFF)?data(?::|$)/.test(line))
    .join('\n')
}

/** Whether a response says a text at a place, or what the text is the JSON of. */
function says(response: JsonObject, place: string, text: string): boolean {
  let value: Json | undefined = response
  for (const token of place.split('/').slice(1)) {
    const key = unescapeToken(token)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as JsonObject)[key]
  }
  if (typeof value !== 'object' || value === null) return value === text
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value)
  } catch {
    return false
  }
}
