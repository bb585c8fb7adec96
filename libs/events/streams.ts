/** A JetStream stream as every process expects it; `bus` creates it where it is missing. */
export type StreamDefinition = {
  name: string
  subjects: string[]
  /** The server drops a second publish of the same event id within this window. */
  duplicateWindowMs: number
  maxAgeMs: number
  /**
   * What it may hold; then the oldest go, so that a full stream refuses nothing. See docs/decisions/0010. As a part of
   * what TRAFFIC may hold, `defaultTrafficBytes` unless the operator says otherwise.
   */
  share: number
}

const hourMs = 3_600_000

/** What the traffic stream may hold where nobody says otherwise. */
export const defaultTrafficBytes = 4 * 1024 ** 3

export const trafficStream: StreamDefinition = {
  name: 'TRAFFIC',
  subjects: ['airs.traffic.>'],
  duplicateWindowMs: 2 * 60_000,
  maxAgeMs: 7 * 24 * hourMs,
  share: 1,
}

export const controlStream: StreamDefinition = {
  name: 'CONTROL',
  subjects: ['airs.control.>'],
  duplicateWindowMs: 2 * 60_000,
  maxAgeMs: 30 * 24 * hourMs,
  share: 1 / 8,
}

/** Events of another instance, see docs/decisions: they are stored and traced here, and take no effect. */
export const importedStream: StreamDefinition = {
  name: 'IMPORTED',
  subjects: ['airs.imported.>'],
  duplicateWindowMs: 2 * 60_000,
  maxAgeMs: 24 * hourMs,
  share: 1 / 8,
}

export const streams = { traffic: trafficStream, control: controlStream, imported: importedStream } as const

/** JetStream key-value buckets. */
export const buckets = {
  /** What is in force, written by the policy service and followed by every ingress; see `PublishedHead`. */
  policy: 'airs-policy',
  /** Key = journal id: how far the audit service has committed that journal, see `JournalProgress`. */
  journalProgress: 'airs-journal-progress',
  /** Key = digest of a response's id: whose it is, see `KeptResponse`. */
  responses: 'airs-responses',
} as const

/** What buckets forget by themselves, beside what their writers delete. Providers keep responses for 30 days. */
export const bucketBounds: Partial<Record<string, { maxAgeMs: number; maxBytes: number }>> = {
  [buckets.responses]: { maxAgeMs: 31 * 24 * hourMs, maxBytes: 64 * 1024 ** 2 },
}

/** Largest message that AIRS-CP publishes; stays below the server's default `max_payload` of 1 MiB, headers counted. */
export const maxEventBytes = 960 * 1024
