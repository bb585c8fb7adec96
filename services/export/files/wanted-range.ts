import { ApiError } from '@airs-cp/runtime'
import type { Request } from 'express'
import type { ByteRange } from './s3-storage.ts'

/**
 * The range that a download asks for (RFC 9110, 14.2 and 13.1.5); undefined for the whole: without Range, with one that is
 * not understood or that names several, and when If-Range names another file.
 * @throws ApiError 416 when no byte of the file is in it.
 */
export function wantedRange(request: Request, bytes: number, etag: string): ByteRange | undefined {
  const ifRange = request.get('if-range')
  if (ifRange !== undefined && ifRange !== etag) return undefined
  const ranges = request.range(bytes)
  if (ranges === -1)
    throw new ApiError(416, 'range_not_satisfiable', `The file has ${bytes} bytes: ${request.get('range')}`)
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined
  const { start, end } = ranges[0]!
  return { first: start, last: end }
}
