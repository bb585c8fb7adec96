import { indexOfByte, type Slices } from '@airs-cp/events'
import { inTurns } from '@airs-cp/policy-engine'

/** A JSON text of this size or less cannot hold so many values that they cost more than their bytes. */
const smallBytes = 256 * 1024
/** Of it are looked at in a millisecond or two. */
const sliceBytes = 256 * 1024

/**
 * Whether a JSON text may hold more than `limit` values: it counts what begins or separates them (`,`, `[`, `{`) outside
 * of strings. A few bytes of `[],[]` become an object each when they are parsed, so that 30 MB of them are 2 GB and
 * twelve seconds; ordinary requests have a value for every fifty bytes or more.
 */
export function hasMoreValuesThan(limit: number, body: Buffer): boolean | Promise<boolean> {
  return body.length > smallBytes && inTurns(countInSlices(limit, body))
}

function* countInSlices(limit: number, body: Buffer): Slices<boolean> {
  let sliceEnd = sliceBytes
  let values = 1
  let isInString = false
  for (let at = 0; at < body.length; at += 1) {
    if (at >= sliceEnd) {
      yield
      sliceEnd = at + sliceBytes
    }
    const byte = body[at]
    if (isInString) {
      const quote = indexOfByte(body, 0x22, at)
      if (quote < 0) return false
      at = quote
      let backslashes = 0
      while (body[quote - 1 - backslashes] === 0x5c) backslashes += 1
      if (backslashes % 2 === 0) isInString = false
    } else if (byte === 0x22) isInString = true
    else if (byte === 0x2c || byte === 0x5b || byte === 0x7b) {
      values += 1
      if (values > limit) return true
    }
  }
  return false
}
