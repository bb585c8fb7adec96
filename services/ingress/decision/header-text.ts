import { isUtf8 } from 'node:buffer'

const hasHighBytes = /[\x80-\xff]/

/** What a header says. Headers are bytes, which programs write in UTF-8, and Node has a character for each of them. */
export function readHeader(value: string): string {
  if (!hasHighBytes.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** A header with another text, written as the value that it had. */
export function writeHeader(text: string, value: string): string {
  return readHeader(value) === value ? text : Buffer.from(text, 'utf8').toString('latin1')
}
