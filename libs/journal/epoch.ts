export type Segment = {
  segment: number
  /** Bytes on disk. */
  bytes: number
  firstSequence: number
  firstTimeMs: number | undefined
}

/** What is known of one epoch's files. */
export type Epoch = {
  /** Id of the epoch, and the name of its directory. Events carry it as `journal`, and so does everything that reads them. */
  journal: string
  /** Ascending. */
  segments: Segment[]
  /** The last durable one. */
  lastSequence: number
  confirmed: number
  /** Nothing is written to it any more, and what was not durable is cut off. */
  ended: boolean
}
