import { createHash, type Hash } from 'node:crypto'
import { type ContentReference, type RecordedBody, recordBody } from '@airs-cp/events'
import { characterStart, contentOf, inlineBytes, type StoreContent } from './content-pieces.ts'

/** Records a body that arrives in chunks. Holds at most `inlineBytes` and a chunk, however long the body is. */
export type BodyRecorder = {
  push(chunk: Buffer): void
  bytes(): number
  finish(mediaType: string): RecordedBody
}

export function createBodyRecorder(store: StoreContent): BodyRecorder {
  let chunks: Buffer[] = []
  let heldBytes = 0
  let totalBytes = 0
  let hash: Hash | undefined
  const parts: ContentReference[] = []

  function spill(everything: boolean): void {
    const held = Buffer.concat(chunks, heldBytes)
    const to = everything ? held.length : characterStart(held, held.length)
    hash ??= createHash('sha256')
    hash.update(held.subarray(0, to))
    for (let from = 0; from < to; ) {
      const end = Math.min(from + inlineBytes, to)
      const next = end < to ? characterStart(held, end) : end
      parts.push(store(contentOf(held.subarray(from, next))))
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
      if (heldBytes > inlineBytes) spill(false)
    },
    bytes: () => totalBytes,
    finish(mediaType) {
      if (!hash)
        return recordBody(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, heldBytes), mediaType)
      if (heldBytes > 0) spill(true)
      return { mediaType, bytes: totalBytes, sha256: hash.digest('hex'), parts }
    },
  }
}
