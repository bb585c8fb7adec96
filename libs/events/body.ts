import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { sha256Hex } from './digest.ts'

/** A piece of a body that stands in a `content-recorded` event of its own, found by its digest (claim check). */
export const contentReferenceSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
})
export type ContentReference = z.infer<typeof contentReferenceSchema>

/** Text and references whose bytes, one after the other, are a body, or a piece of one. */
const contentPartsSchema = z.array(z.union([z.string(), contentReferenceSchema]))
export type ContentParts = z.infer<typeof contentPartsSchema>

/**
 * The exact bytes of a body. One of `text` (valid UTF-8), `base64` (anything else) or `parts` holds them;
 * `parts` is text and references whose bytes, one after the other, are the body.
 */
export const recordedBodySchema = z.object({
  mediaType: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  text: z.string().optional(),
  base64: z.string().optional(),
  parts: contentPartsSchema.optional(),
  /** Where the body is longer than can be recorded: how many of its first bytes `parts` holds. */
  recordedBytes: z.int().nonnegative().optional(),
  /**
   * Present where something else is recorded than what there was: values are masked, or all of it was left out. `digest` is
   * HMAC-SHA-256 by the fingerprint key of `EXCHANGE\n` and the SHA-256 (hexadecimal) of what there was: who has that can show it,
   * and nobody can guess it.
   */
  original: z
    .object({
      bytes: z.int().nonnegative(),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
      recorded: z.enum(['masked', 'nothing']),
    })
    .optional(),
})
export type RecordedBody = z.infer<typeof recordedBodySchema>

/** How much of the content of exchanges is recorded. `redacted` masks what policies found; `digests` leaves content out. */
export const contentLevels = ['full', 'redacted', 'digests'] as const
export const contentLevelSchema = z.enum(contentLevels)
export type ContentLevel = z.infer<typeof contentLevelSchema>

/**
 * Data of `content-recorded`: the bytes that references point at. Those of a piece with `parts` are made of other pieces; pieces are
 * nested at most `mostDepth` deep.
 */
export const recordedContentSchema = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().positive(),
  text: z.string().optional(),
  base64: z.string().optional(),
  parts: contentPartsSchema.optional(),
})
export type RecordedContent = z.infer<typeof recordedContentSchema>

/** Records a body within the event itself. For bodies over the inline limit see the ingress's recorder. */
export function recordBody(bytes: Buffer, mediaType: string): RecordedBody {
  return {
    mediaType,
    bytes: bytes.length,
    sha256: sha256Hex(bytes),
    ...(isUtf8(bytes) ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') }),
  }
}

/** Whether any bytes of a body are left; erasure leaves none. */
export function holdsContent({ text, base64, parts }: RecordedBody): boolean {
  return text !== undefined || base64 !== undefined || parts !== undefined
}

/**
 * The bytes that were recorded.
 * @param find content by digest; needed only where the body has `parts`.
 * @throws when content is missing, or the bytes do not have the recorded digest.
 */
export function bodyBytes(body: RecordedBody, find?: FindContent): Buffer {
  if (body.recordedBytes !== undefined)
    throw new Error(`Only the first ${body.recordedBytes} of ${body.bytes} bytes of the body were recorded`)
  if (!holdsContent(body) && body.bytes > 0) throw new Error('Its content was erased')
  if (body.bytes === 0) return Buffer.alloc(0)
  const bytes = assemble(body, find)
  const digest = sha256Hex(bytes)
  if (digest !== body.sha256) throw new Error(`Recorded body has digest ${digest}, expected ${body.sha256}`)
  return bytes
}

/**
 * The bytes of a `content-recorded` event's data.
 * @param find content by digest; needed only where it has `parts`.
 * @throws when content is missing, or `parts` are not as long as it says.
 */
export function contentBytes(content: RecordedContent, find?: FindContent): Buffer {
  const { sha256, bytes, text, base64, parts } = content
  if (parts) return joined(parts, bytes, `Content ${sha256}`, find)
  return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8')
}

export type FindContent = (sha256: string) => Buffer | undefined

function assemble(body: RecordedBody, find?: FindContent): Buffer {
  if (body.text !== undefined) return Buffer.from(body.text, 'utf8')
  if (body.base64 !== undefined) return Buffer.from(body.base64, 'base64')
  return joined(body.parts ?? [], body.bytes, 'The body', find)
}

/** Sizes are compared before any piece is read, so that what is read is no larger than what was announced. */
function joined(parts: ContentParts, bytes: number, what: string, find?: FindContent): Buffer {
  const said = parts.reduce(
    (sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : part.bytes),
    0,
  )
  if (said !== bytes) throw new Error(`${what} has parts of ${said} bytes, expected ${bytes}`)
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part, 'utf8')
      const content = find?.(part.sha256)
      if (!content) throw new Error(`Content ${part.sha256} is not there`)
      return content
    }),
  )
}
