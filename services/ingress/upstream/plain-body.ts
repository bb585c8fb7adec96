import { createJsonOutline } from '@airs-cp/providers'
import { type HoldBack, holdLastChunk } from './hold-back.ts'
import type { ResponseBody } from './response-body.ts'

/** A response that is no event stream and is held whole: all of it will be here to be read. */
export function wholeBody(hold: HoldBack): ResponseBody {
  return {
    isHeldWhole: true,
    push: (chunk) => hold.push(chunk, false),
    end() {},
    breakOff() {},
    result: () => ({ held: hold.held() }),
  }
}

/** One that goes to the client as it comes; what is short in it is noted on its way. */
export function passingBody(send: (chunk: Buffer) => void): ResponseBody {
  const hold = holdLastChunk(send)
  const outline = createJsonOutline()
  return {
    isHeldWhole: false,
    push(chunk) {
      outline.push(chunk)
      hold.push(chunk, false)
    },
    end() {},
    breakOff() {},
    result: () => ({ held: hold.held(), outline }),
  }
}
