import { type JsonObject, stringOf } from '../../json.ts'
import { mergeDelta } from '../../merge-delta.ts'
import { frameJson } from '../../sse.ts'
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
      // Events of one type are pieces of one thing.
      mergeDelta(whole, { [stringOf(json.type) ?? stringOf(json.object) ?? 'event']: json })
    },
    result: () => (isEmpty ? undefined : whole),
  }
}
