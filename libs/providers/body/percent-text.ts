import { isUtf8 } from 'node:buffer'
import type { TextEdit } from '../edit-json.ts'

/** A text that is written with percent signs (RFC 3986), as it reads. */
export type PercentText = {
  text: string
  /** The written text for a changed one; every byte outside of the changes stays. */
  encode(edit: TextEdit): string
}

/** @param plusIsSpace as in a query. Bytes that are no UTF-8 read as U+FFFD, as readers take them. */
export function readPercentText(written: string, { plusIsSpace = false } = {}): PercentText {
  /** Where each unit of the text begins in what is written. */
  const starts: number[] = []
  let text = ''
  for (let at = 0; at < written.length; ) {
    const run = written[at] === '%' ? bytesAt(written, at) : undefined
    if (!run) {
      starts.push(at)
      text += plusIsSpace && written[at] === '+' ? ' ' : written[at]
      at++
      continue
    }
    for (let from = 0; from < run.length; ) {
      const length = lengthOf(run, from)
      const character = length === 0 ? '\ufffd' : run.toString('utf8', from, from + length)
      for (let unit = 0; unit < character.length; unit++) starts.push(at + 3 * from)
      text += character
      from += length || 1
    }
    at += 3 * run.length
  }
  starts.push(written.length)
  return {
    text,
    encode({ text: whole, changes }) {
      if (!changes) return encodeURIComponent(whole)
      let result = ''
      let from = 0
      for (const { start, end, text: instead } of changes) {
        result += written.slice(from, starts[start]) + encodeURIComponent(instead)
        from = starts[end]!
      }
      return result + written.slice(from)
    },
  }
}

/** The bytes of `%66%c3%a9…` from one place on. */
function bytesAt(written: string, from: number): Buffer | undefined {
  const bytes: number[] = []
  for (let at = from; written[at] === '%'; at += 3) {
    const digits = written.slice(at + 1, at + 3)
    if (!/^[0-9a-f]{2}$/i.test(digits)) break
    bytes.push(Number.parseInt(digits, 16))
  }
  return bytes.length === 0 ? undefined : Buffer.from(bytes)
}

/** Of the character that begins there; 0 where none does. */
function lengthOf(bytes: Buffer, from: number): number {
  const first = bytes[from]!
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  return from + length <= bytes.length && isUtf8(bytes.subarray(from, from + length)) ? length : 0
}
