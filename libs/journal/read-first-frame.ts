import { decodeFrame, type Frame } from './frame.ts'
import { readBytes } from './read-bytes.ts'

const firstReadBytes = 64 * 1024

/** The frame that an open segment begins with; undefined when it does not begin with one. */
export function readFirstFrame(fd: number, salt: number): Frame | undefined {
  let bytes = readBytes(fd, 0, firstReadBytes)
  let frame = decodeFrame(bytes, 0, bytes.length, salt)
  if (typeof frame === 'number' && frame > bytes.length) {
    bytes = readBytes(fd, 0, frame)
    frame = decodeFrame(bytes, 0, bytes.length, salt)
  }
  return typeof frame === 'object' ? frame : undefined
}
