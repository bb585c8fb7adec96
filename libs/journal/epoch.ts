export type Segment = {
  segment: number
  /** Bytes on disk. */
  bytes: number
  firstSequence: number
  firstTimeMs: number | undefined
}

/** What is known of one epoch's files; segments are ascending. */
export type Epoch = {
  journal: string
  segments: Segment[]
  /** The last durable one. */
  lastSequence: number
  confirmed: number
  /** Nothing is written to it any more, and what was not durable is cut off. */
  ended: boolean
}
