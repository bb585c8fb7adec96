import { readSync } from 'node:fs'

export type ReadAt = (fd: number, into: Buffer, offset: number, length: number, position: number) => number

const pageBytes = 4096

/** What stands for bytes that the disk does not give back: neither a frame nor the zeros of unused space. */
const unreadable = 0xee

/** The bytes from `position` on, as many as are there. Pages that cannot be read are damage like any other. */
export function readBytes(fd: number, position: number, wanted: number, readAt: ReadAt = readSync): Buffer {
  const bytes = Buffer.allocUnsafeSlow(wanted)
  let length = 0
  while (length < wanted) {
    const got = readSome(fd, bytes, length, position, readAt)
    if (got === 0) break
    length += got
  }
  return bytes.subarray(0, length)
}

/** Gives the memory of `readBytes` back at once, and not only when garbage is collected. Nothing may look at it any more. */
export function freeBytes(bytes: Uint8Array): void {
  const memory = bytes.buffer as ArrayBuffer
  if (!memory.detached) memory.transfer(0)
}

function readSome(fd: number, bytes: Buffer, at: number, position: number, readAt: ReadAt): number {
  const rest = bytes.length - at
  try {
    return readAt(fd, bytes, at, rest, position + at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
  }
  const toPageEnd = Math.min(rest, pageBytes - ((position + at) % pageBytes))
  try {
    return readAt(fd, bytes, at, toPageEnd, position + at)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EIO') throw error
    bytes.fill(unreadable, at, at + toPageEnd)
    return toPageEnd
  }
}
