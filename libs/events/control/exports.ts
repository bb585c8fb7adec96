import { z } from 'zod'
import { searched } from '../searched.ts'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

export const exportKinds = ['events', 'sessions', 'decisions'] as const
export const exportFormats = ['jsonl', 'csv'] as const
export const exportCompressions = ['none', 'gzip', 'zstd'] as const

/** Narrows an export to exchanges: it contains all that is recorded of an exchange, or nothing of it. */
export const exportFiltersSchema = z.strictObject({
  session: z.string().min(1).max(256).optional(),
  /** As the client named it; `*` stands for any run of characters. */
  model: z.string().min(1).max(256).optional(),
  provider: z.string().min(1).max(256).optional(),
  tag: z.string().min(1).max(256).optional(),
  /** What policy did with the request or the response, such as `block`. */
  action: z.string().min(1).max(64).optional(),
  /** `key:` and the id of a client key, or `credential:` and a fingerprint. */
  caller: z
    .string()
    .regex(/^(?:key|credential):[\w-]{1,128}$/)
    .optional(),
  /** The type of a finding, such as `EMAIL`. */
  finding: z.string().min(1).max(256).optional(),
  ...z.object(searched).partial().shape,
  /** Events from this leaf of the log on, and those that have none yet: what is behind an archive. */
  fromLeaf: z.int().nonnegative().optional(),
})
export type ExportFilters = z.infer<typeof exportFiltersSchema>

const exportRequestedSchema = z.object({
  exportId: z.uuid(),
  kind: z.enum(exportKinds),
  format: z.enum(exportFormats),
  /** First instant included. */
  from: z.iso.datetime().optional(),
  /** First instant not included. */
  until: z.iso.datetime().optional(),
  compression: z.enum(exportCompressions).optional(),
  includeLineage: z.boolean().optional(),
  filters: exportFiltersSchema.optional(),
  /** A request that comes again with the same key and actor is the same export. */
  idempotencyKey: z.string().optional(),
  actor: actorSchema,
})
export type ExportRequested = z.infer<typeof exportRequestedSchema>

const exportCompletedSchema = z.object({
  exportId: z.uuid(),
  rows: z.int().nonnegative(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  /** What the export claims of itself, as it stands beside its file. */
  manifest: z.record(z.string(), z.unknown()).optional(),
  /** When what it holds was read; what is erased later is still in it. */
  asOf: z.iso.datetime().optional(),
})

const exportFailedSchema = z.object({ exportId: z.uuid(), error: z.string() })

const exportCancelledSchema = z.object({ exportId: z.uuid(), actor: actorSchema })

const exportDeletedSchema = z.object({
  exportId: z.uuid(),
  actor: actorSchema,
  /** Absent: somebody asked for it. `expired`: it was kept for as long as exports are. `erased`: it had content that was erased. */
  reason: z.enum(['expired', 'erased']).optional(),
})

/** Somebody gets the file of an export, or a part of it. */
const exportDownloadedSchema = z.object({ exportId: z.uuid(), actor: actorSchema, role: z.string() })

/** Data of events about exports. */
export const exportSchemas = {
  [eventTypes.exportRequested]: exportRequestedSchema,
  [eventTypes.exportCompleted]: exportCompletedSchema,
  [eventTypes.exportFailed]: exportFailedSchema,
  [eventTypes.exportCancelled]: exportCancelledSchema,
  [eventTypes.exportDeleted]: exportDeletedSchema,
  [eventTypes.exportDownloaded]: exportDownloadedSchema,
} as const
