import { exportCompressions, exportFiltersSchema, exportFormats, exportKinds } from '@airs-cp/events'
import { z } from 'zod'

const digestSchema = z.string().regex(/^[0-9a-f]{64}$/)
const placeSchema = z.object({ time: z.iso.datetime(), id: z.string() })
/** Where a row stands in the order of an export. */
export type Place = z.infer<typeof placeSchema>

const proofSchema = z.object({
  format: z.literal('airs-proof/1'),
  /** Of the log that the rows are leaves of: a signed note (C2SP tlog-checkpoint). */
  checkpoint: z.string(),
  /** The file that proves each row; see docs/log-format.md. */
  name: z.string(),
  bytes: z.int().nonnegative(),
  sha256: digestSchema,
})
export type ManifestProof = z.infer<typeof proofSchema>

const rangeSchema = z.object({ from: z.int().positive(), to: z.int().positive() })
const coverageSchema = z.object({
  journal: z.string(),
  /** First and last sequence that the export has of the journal. */
  first: z.int().positive(),
  last: z.int().positive(),
  events: z.int().positive(),
  /** Sequences between first and last that the export has not, both ends included. Empty: nothing is missing. */
  gaps: z.array(rangeSchema),
})
export type JournalCoverage = z.infer<typeof coverageSchema>

const archivedDaySchema = z.object({
  /** The day (UTC) on which the event store took these events. */
  day: z.iso.date(),
  /** Its rows are these leaves of the log, each and in their order; `until` is not included. */
  leaves: z.object({ from: z.int().nonnegative(), until: z.int().positive() }),
})
export type ArchivedDay = z.infer<typeof archivedDaySchema>

/**
 * What an export claims of itself. All but `made` and `proof` depends on nothing but what is recorded, the range and the filters:
 * the same request gives the same.
 */
export const manifestSchema = z.object({
  manifest: z.literal('airs-export/1'),
  kind: z.enum(exportKinds),
  /** `parquet`: of an archived day, whose rows are the column `event` as lines. */
  format: z.enum([...exportFormats, 'parquet']),
  compression: z.enum(exportCompressions),
  includeLineage: z.boolean(),
  /** First instant included, and first not included; null: no bound. UTC. */
  from: z.string().nullable(),
  until: z.string().nullable(),
  filters: exportFiltersSchema,
  rows: z.int().nonnegative(),
  /** Rows by type of event, action of decision, or state of session. */
  counts: z.record(z.string(), z.int().positive()),
  first: placeSchema.nullable(),
  last: placeSchema.nullable(),
  /** Of an unfiltered export of events, what it has of each journal; null for others, which say nothing of gaps. */
  journals: z.array(coverageSchema).nullable(),
  /** The rows before compression. */
  content: z.object({ bytes: z.int().nonnegative(), sha256: digestSchema }),
  files: z
    .array(z.object({ name: z.string(), bytes: z.int().nonnegative(), sha256: digestSchema }))
    .length(1),
  /** Absent: nothing but this manifest vouches for the rows. Depends on how far the log has come, as `made` does. */
  proof: proofSchema.optional(),
  /** Present where it is an archived day. */
  archive: archivedDaySchema.optional(),
  made: z.object({
    exportId: z.string(),
    at: z.string(),
    by: z.string(),
    software: z.object({ name: z.string(), version: z.string() }),
  }),
})
export type Manifest = z.infer<typeof manifestSchema>

/** Where the manifest of an export's file stands. */
export function manifestName(file: string): string {
  return `${file}.manifest.json`
}
