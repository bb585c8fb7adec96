import { createJsonOutline, type JsonOutline } from '@airs-cp/providers'
import { inlineBytes } from '../recording/content-pieces.ts'
import { type HoldBack, holdLastChunk } from './hold-back.ts'
import type { ResponseBody } from './response-body.ts'

/** A response that is no event stream and is held whole: all of it will be here to be read. */
export function wholeBody(hold: HoldBack): ResponseBody {
  return {
    isHeldWhole: true,
    push(chunk) {
      hold.push(chunk, false)
      return undefined
    },
    end() {},
    breakOff() {},
    result: () => ({ held: hold.held() }),
  }
}

/** One that goes to the client as it comes. A short one is still here when it is over; of a longer one what is short is noted on its way. */
export function passingBody(send: (chunk: Buffer) => void): ResponseBody {
  const hold = holdLastChunk(send)
  let chunks: Buffer[] = []
  let bytes = 0
  let outline: JsonOutline | undefined
  return {
    isHeldWhole: false,
    push(chunk) {
      bytes += chunk.length
      if (!outline) chunks.push(chunk)
      if (!outline && bytes > inlineBytes) {
        outline = createJsonOutline()
        for (const one of chunks) outline.push(one)
        chunks = []
      } else outline?.push(chunk)
      hold.push(chunk, false)
      return undefined
    },
    end() {},
    breakOff() {},
    result: () => ({
      held: hold.held(),
      outline,
      short: outline ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks),
    }),
  }
}
