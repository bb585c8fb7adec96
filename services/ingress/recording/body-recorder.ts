import { createHash, type Hash } from 'node:crypto'
import {
  type ContentReference,
  characterStart,
  pieceBytes,
  type RecordedBody,
  recordBody,
  type Slices,
} from '@airs-cp/events'
import { inTurns } from '@airs-cp/policy-engine'
import { inlineBytes, pieceOf, type StoreContent } from './content-pieces.ts'

/** After so many small pieces they are as large as they may be, so that references to a long body stay few. */
const smallParts = 64
/** More than a gigabyte. What comes after is counted and is in the digest, and is not recorded. */
const mostParts = 3_000

/**
 * Records a body that arrives in chunks. Holds at most a piece and a chunk, however long the body is: pieces of
 * `inlineBytes` at first, of `pieceBytes` of a long body.
 */
export type BodyRecorder = {
  push(chunk: Buffer): void
  /** What to wait for before more is pushed, where the disk does not keep up. */
  room(): Promise<void> | undefined
  /** Binary data: what is longer than an event's piece is recorded by its digest and size alone. */
  omitLong(): void
  bytes(): number
  finish(mediaType: string): RecordedBody
}

export function createBodyRecorder(
  store: StoreContent,
  room: BodyRecorder['room'] = () => undefined,
): BodyRecorder {
  let chunks: Buffer[] = []
  let heldBytes = 0
  let totalBytes = 0
  let hash: Hash | undefined
  let recordedBytes = 0
  const parts: ContentReference[] = []

  let isOmitted = false
  const nextBytes = () => (parts.length < smallParts ? inlineBytes : pieceBytes)

  function spill(everything: boolean): void {
    const held = Buffer.concat(chunks, heldBytes)
    const to = everything ? held.length : characterStart(held, held.length)
    hash ??= createHash('sha256')
    hash.update(held.subarray(0, to))
    for (let from = 0; from < to && parts.length < mostParts && !isOmitted; ) {
      const end = Math.min(from + nextBytes(), to)
      const next = end < to ? characterStart(held, end) : end
      parts.push(store(pieceOf(held.subarray(from, next))))
      recordedBytes += next - from
      from = next
    }
    const rest = held.subarray(to)
    chunks = rest.length > 0 ? [rest] : []
    heldBytes = rest.length
  }

  return {
    push(chunk) {
      chunks.push(chunk)
      heldBytes += chunk.length
      totalBytes += chunk.length
      if (heldBytes > nextBytes()) spill(false)
    },
    room,
    omitLong() {
      isOmitted = true
    },
    bytes: () => totalBytes,
    finish(mediaType) {
      if (!hash)
        return recordBody(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, heldBytes), mediaType)
      if (heldBytes > 0) spill(true)
      const isWhole = recordedBytes === totalBytes
      const sha256 = hash.digest('hex')
      return { mediaType, bytes: totalBytes, sha256, parts, ...(!isWhole && { recordedBytes }) }
    },
  }
}

/** So much is recorded in a few milliseconds. */
export const stepBytes = 256 * 1024

/** Records bytes that came together; many of them in turns. */
export function pushInTurns(recorder: BodyRecorder, bytes: Buffer): Promise<void> | undefined {
  if (bytes.length > stepBytes) return inTurns(pushInSlices(recorder, bytes))
  recorder.push(bytes)
  return undefined
}

function* pushInSlices(recorder: BodyRecorder, bytes: Buffer): Slices<void> {
  for (let from = 0; from < bytes.length; from += stepBytes) {
    recorder.push(bytes.subarray(from, from + stepBytes))
    yield
  }
}
