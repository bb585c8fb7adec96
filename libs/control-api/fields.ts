import { z } from 'zod'

/** An instant in a response. */
export const time = z.iso.datetime({ offset: true })

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is 64 lower-case hexadecimal digits')

/** Why something is changed, for the record. */
export const reason = z.string().max(1_000)

/** An instant in a query. Postgres and ISO 8601 agree from the year 1 on. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .refine(
    (date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999,
    'is outside the years 1 to 9999',
  )

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
