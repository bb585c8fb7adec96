import type { DamageReport } from '@airs-cp/journal'

/** An epoch as the worker knows it: while it is written `position` reports how far it may be read. */
export type ShippedEpoch = { journal: string; lastSequence: number; position: SharedArrayBuffer | undefined }

export type ShipperSettings = {
  directory: string
  natsUrl: string
  /** In whose subject space it publishes. */
  ingress: string
  /** Report every acknowledgement at once, for recording mode `replicated`. */
  acknowledgements: boolean
  /** Note in the traces of the events that they are sent. */
  traced: boolean
  lingerMs: number
  progressIntervalMs: number
  stallMs: number
  ackTimeoutMs: number
}

export type WorkerInput = {
  settings: ShipperSettings
  epochs: ShippedEpoch[]
  /** An Int32 that is counted up, and notified, when there may be something to do. */
  wake: SharedArrayBuffer
}

export type ToWorker = { kind: 'epochs'; epochs: ShippedEpoch[] } | { kind: 'drain' } | { kind: 'close' }

export type FromWorker =
  | { kind: 'acked'; journal: string; sequence: number }
  | { kind: 'confirmed'; journal: string; sequence: number }
  | { kind: 'stats'; stats: WorkerStats }
  | { kind: 'drained' }
  | { kind: 'report'; report: ShipperReport }

export type JournalStats = { journal: string; durable: number; shipped: number; confirmed: number }

export type WorkerStats = {
  connected: boolean
  /** Acknowledged by JetStream since the start; `redelivered` of them had been published before. */
  shipped: number
  redelivered: number
  /** Of those acknowledged, how many JetStream had already. */
  duplicates: number
  /** Entries that JetStream does not take, because they are too large; others were shipped in their place. */
  unshippable: number
  /** Entries that are missing from the journal before they were shipped: destroyed by damage, or lost in mode `best-effort`. */
  lostEvents: number
  inFlight: number
  /** When the oldest entry was appended that JetStream has not acknowledged; undefined when there is none. */
  oldestUnshippedTimeMs: number | undefined
  journals: JournalStats[]
}

export type ShipperReport =
  | DamageReport
  | { kind: 'connected' }
  | { kind: 'disconnected' }
  | { kind: 'publish-failed'; reason: string; message: string }
  /** JetStream has acknowledged again after `publish-failed`. */
  | { kind: 'publish-recovered'; reason: string }
  | { kind: 'unshippable'; journal: string; sequence: number; message: string }
  /** Somebody reports more as committed than was ever written. It is not believed. */
  | { kind: 'progress-refused'; journal: string; committed: number; durable: number }
  /** Content up to there was erased, or is about to be: it is to leave the journal. */
  | { kind: 'purge-asked'; journal: string; sequence: number }
  | { kind: 'rewound'; journal: string; from: number; reason: 'store-replaced' | 'missing' }
  | { kind: 'worker-failed'; message: string }
