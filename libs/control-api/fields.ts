import { momentForms, readMoment } from '@airs-cp/events'
import { z } from 'zod'

/** An instant in a response. */
export const time = z.iso.datetime({ offset: true })

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is 64 lower-case hexadecimal digits')

/** The id of something in a path or a query. @param where it stands, for those who passed something else. */
export function idOf(what: string, where: string) {
  return z.uuid({
    error: `is not the id of ${what}, which looks like 019a3d2e-7c41-7b3a-9f10-5d2c8e6b4a07; ${where}`,
  })
}

/** Of an exchange. */
export const exchangeId = idOf(
  'an exchange',
  'the header X-AIRS-Exchange-ID of its response has it, `airs exchanges` lists it, and it ends the address of its page',
)

/** Why something is changed, for the record. */
export const reason = z.string().max(1_000)

/**
 * An instant in a query, as people write it: a day is its first instant in UTC, `7d` is seven days ago. Postgres and ISO 8601
 * agree from the year 1 on.
 */
export const instant = z
  .union(
    [
      z.iso.datetime({ offset: true }),
      z.iso.date(),
      z.enum(['now', 'today', 'yesterday']),
      z.string().regex(/^\d{1,5}[smhdw]$/),
    ],
    { error: `is none of ${momentForms}` },
  )
  .transform((text, context) => {
    const moment = readMoment(text)
    if (moment) return moment.at
    context.addIssue({ code: 'custom', message: `is none of ${momentForms}` })
    return z.NEVER
  })

/** A whole number in a path or a query, in plain digits. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number, number> {
  const digits = (text: unknown) =>
    typeof text === 'string' && /^-?\d{1,16}$/.test(text) ? Number(text) : text
  return z.preprocess(digits, z.int().min(min).max(max)) as unknown as z.ZodType<number, number>
}

/** How many items a page has at most. */
export function limit(max: number, usual: number) {
  return integer(1, max).default(usual)
}

/** `true` or `false` in a query. */
export const flag = z.enum(['true', 'false'])
