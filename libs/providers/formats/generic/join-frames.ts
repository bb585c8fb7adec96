import { isObject, type JsonObject, stringOf } from '../../json.ts'
import { mergeDelta, repeatedFields } from '../../merge-delta.ts'
import { frameJson, type SseFrame } from '../../sse.ts'
import { type FrameText, pointer } from '../../text-part.ts'
import type { StreamAssembler } from '../../wire-format.ts'

/** Puts the strings of a stream together by their places in its frames, so that none is missed because it came in pieces. */
export function joinFrames(): StreamAssembler {
  const whole: JsonObject = {}
  let isEmpty = true
  return {
    push(frame) {
      const json = frameJson(frame)
      if (!json) return
      isEmpty = false
      mergeDelta(whole, { [thingOf(json)]: json })
    },
    result: () => (isEmpty ? undefined : whole),
  }
}

/** Events of one type are pieces of one thing. */
function thingOf(json: JsonObject): string {
  return stringOf(json.type) ?? stringOf(json.object) ?? 'event'
}

/** The strings of a frame and where they stand in what `joinFrames` makes; without those in lists, whose place there is not known. */
export function joinedTexts(frame: SseFrame): FrameText[] {
  const texts: FrameText[] = []
  const visit = (value: JsonObject, path: string, channel: string): void => {
    for (const [name, child] of Object.entries(value)) {
      const at = { path: pointer(path, name), channel: pointer(channel, name), kind: 'unknown' as const }
      if (isObject(child)) visit(child, at.path, at.channel)
      else if (typeof child === 'string')
        texts.push({ ...at, text: child, ...(repeatedFields.has(name) && { whole: true }) })
    }
  }
  const json = frameJson(frame)
  if (json) visit(json, '', pointer('', thingOf(json)))
  return texts
}
