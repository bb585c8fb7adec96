import { isAscii, isUtf8 } from 'node:buffer'

/** A text, and whether its bytes are such that a changed one cannot be written in their place. */
export type TextOfBytes = { written: string; isFixed: boolean }

/**
 * The text that bytes are: UTF-8; UTF-16, with its mark or without; Latin-1 where there are no control characters, as every format
 * of files has them. Undefined for binary data. Those that are not UTF-8 can be judged and not be changed.
 * @param charset what a label says of them, where there is one.
 */
export function textOfBytes(bytes: Buffer, charset?: string): TextOfBytes | undefined {
  if (charset !== undefined && saysMore(bytes, charset)) {
    const written = decodedAs(bytes, charset)
    return written === undefined ? undefined : fixed(written)
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return fixed(bytes.toString('utf16le', 2))
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return fixed(Buffer.from(bytes).swap16().toString('utf16le', 2))
  if (bytes.includes(0)) return utf16Of(bytes)
  if (isUtf8(bytes))
    return bytes.subarray(0, pdf.length).equals(pdf)
      ? undefined
      : { written: bytes.toString('utf8'), isFixed: false }
  return hasControls(bytes) ? undefined : fixed(bytes.toString('latin1'))
}

/** Control characters that texts do not have. */
export function hasControls(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) return true
  return false
}

const pdf = Buffer.from('%PDF-')

function fixed(written: string): TextOfBytes {
  return { written, isFixed: true }
}

/** Bytes with zeros are UTF-16 where those stand in the halves of characters alone. */
function utf16Of(bytes: Buffer): TextOfBytes | undefined {
  if (bytes.length % 2 === 1) return undefined
  let low = 0
  let high = 0
  for (let at = 0; at < bytes.length; at += 2) {
    if (bytes[at] === 0) low++
    if (bytes[at + 1] === 0) high++
  }
  const written = (high >= low ? bytes : Buffer.from(bytes).swap16()).toString('utf16le')
  return written.includes('\0') ? undefined : fixed(written)
}

/** Whether bytes read otherwise by a label than without it. */
export function saysMore(bytes: Buffer, charset: string): boolean {
  if (/^(?:utf-?8|us-ascii|ascii|binary)?$/i.test(charset)) return false
  return /^(?:utf-?7|utf-?16|utf-?32|ucs)/i.test(charset) || !isAscii(bytes)
}

/** Undefined where the label names nothing that is known here. */
function decodedAs(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return undefined
  }
}
