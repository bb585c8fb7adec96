/** A JetStream stream as every process expects it; `bus` creates it where it is missing. */
export type StreamDefinition = {
  name: string
  subjects: string[]
  /** The server drops a second publish of the same event id within this window. */
  duplicateWindowMs: number
  maxAgeMs: number
}

const hourMs = 3_600_000

export const trafficStream: StreamDefinition = {
  name: 'TRAFFIC',
  subjects: ['airs.traffic.>'],
  duplicateWindowMs: 2 * 60_000,
  maxAgeMs: 7 * 24 * hourMs,
}

export const controlStream: StreamDefinition = {
  name: 'CONTROL',
  subjects: ['airs.control.>'],
  duplicateWindowMs: 2 * 60_000,
  maxAgeMs: 30 * 24 * hourMs,
}

/** Events of another instance, see docs/decisions: they are stored and traced here, and take no effect. */
export const importedStream: StreamDefinition = {
  name: 'IMPORTED',
  subjects: ['airs.imported.>'],
  duplicateWindowMs: 2 * 60_000,
  maxAgeMs: 24 * hourMs,
}

export const streams = { traffic: trafficStream, control: controlStream, imported: importedStream } as const

/** JetStream key-value buckets. */
export const buckets = {
  /** What is in force, written by the policy service and followed by every ingress; see `PublishedHead`. */
  policy: 'airs-policy',
  /** Key = journal id: how far the audit service has committed that journal, see `JournalProgress`. */
  journalProgress: 'airs-journal-progress',
} as const

/** Largest message that AIRS-CP publishes; stays below the server's default `max_payload` of 1 MiB, headers counted. */
export const maxEventBytes = 960 * 1024
