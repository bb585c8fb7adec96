import { exportCompressions, exportFiltersSchema, exportFormats, exportKinds } from '@airs-cp/events'
import { ApiError } from '@airs-cp/runtime'
import { z } from 'zod'
import { DateRangeError, readDateRange } from './date-range.ts'

export const createSchema = z
  .strictObject({
    kind: z.enum(exportKinds).default('events'),
    format: z.enum(exportFormats).default('jsonl'),
    compression: z.enum(exportCompressions).default('none'),
    from: z.string().optional(),
    to: z.string().optional(),
    includeLineage: z.boolean().default(false),
    filters: exportFiltersSchema.default({}),
  })
  .refine(({ kind, includeLineage }) => !includeLineage || kind === 'sessions', {
    path: ['includeLineage'],
    message: 'only an export of sessions can include lineage',
  })

const maxKeyCharacters = 128

/** @throws ApiError 400 saying what is accepted. */
export function readRange(from: string | undefined, to: string | undefined) {
  try {
    return readDateRange(from, to)
  } catch (error) {
    if (error instanceof DateRangeError) throw new ApiError(400, 'date_range_invalid', error.message)
    throw error
  }
}

/** @throws ApiError 400 when the header is there and no key. */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header !== 'string' || header.length === 0 || header.length > maxKeyCharacters)
    throw new ApiError(
      400,
      'idempotency_key_invalid',
      `Idempotency-Key is a text of 1 to ${maxKeyCharacters} characters`,
    )
  return header
}
