import { ApiError } from '@airs-cp/runtime'
import { DateRangeError, readDateRange } from './date-range.ts'

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
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  if (header.length === 0 || header.length > maxKeyCharacters)
    throw new ApiError(
      400,
      'idempotency_key_invalid',
      `Idempotency-Key is a text of 1 to ${maxKeyCharacters} characters`,
    )
  return header
}
