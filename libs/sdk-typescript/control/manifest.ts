/** Where a row stands in the order of an export. */
export type Place = { time: string; id: string }

/** Sequences of a journal that an export has not, both ends included. */
export type Gap = { journal: string; from: number; to: number }

export type JournalCoverage = {
  journal: string
  first: number
  last: number
  events: number
  gaps: { from: number; to: number }[]
}

/** What an export claims of itself. */
export type Manifest = {
  manifest: 'airs-export/1'
  kind: 'events' | 'sessions' | 'decisions'
  format: 'jsonl' | 'csv' | 'parquet'
  compression: 'none' | 'gzip' | 'zstd'
  from: string | null
  /** First instant that is not included. */
  until: string | null
  rows: number
  /** Rows by type of event, action of decision, or state of session. */
  counts: Record<string, number>
  first: Place | null
  last: Place | null
  /** Of an unfiltered export of events; null for others, which say nothing of gaps. */
  journals: JournalCoverage[] | null
  /** The rows before compression. */
  content: { bytes: number; sha256: string }
  files: { name: string; bytes: number; sha256: string }[]
  made: { exportId: string } & Record<string, unknown>
} & Record<string, unknown>
