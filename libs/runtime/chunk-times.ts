import type { BucketCounts } from './counted-histograms.ts'

/** In seconds, as the semantic conventions for generative AI 0.1.0 have them. */
export const chunkBoundaries = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]

/** From the end of one chunk of a stream to the end of the next, counted as they come. */
export type ChunkTimes = {
  /** So many chunks are here in one piece of the stream. */
  arrived(chunks: number, atMs: number): void
  counts(): BucketCounts
}

export function createChunkTimes(): ChunkTimes {
  const counts = new Array<number>(chunkBoundaries.length + 1).fill(0)
  let [sum, count] = [0, 0]
  let lastAtMs: number | undefined

  function take(seconds: number, times: number): void {
    const bucket = chunkBoundaries.findIndex((boundary) => seconds <= boundary)
    counts[bucket === -1 ? chunkBoundaries.length : bucket]! += times
    sum += seconds * times
    count += times
  }

  return {
    arrived(chunks, atMs) {
      if (chunks === 0) return
      if (lastAtMs !== undefined) take((atMs - lastAtMs) / 1_000, 1)
      if (chunks > 1) take(0, chunks - 1)
      lastAtMs = atMs
    },
    counts: () => ({ counts, sum, count }),
  }
}
