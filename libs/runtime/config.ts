import { z } from 'zod'

/** Configuration that cannot be used. The message names every variable that is wrong, at once. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads configuration from environment variables.
 * @param shape zod types by variable name; give defaults and coercion there. An empty variable counts as absent. Space and
 * quotes around a value, which env files keep, are not part of it.
 * @throws ConfigError naming everything that is wrong.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv,
): z.infer<z.ZodObject<Shape>> {
  const values: Record<string, string | undefined> = {}
  for (const name of Object.keys(shape)) values[name] = variableValue(env[name])
  const result = z.object(shape).safeParse(values)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => {
    const name = String(issue.path[0])
    return values[name] === undefined ? `${name} is not set` : `${name}: ${issue.message}`
  })
  throw new ConfigError(`Configuration is not usable: ${[...new Set(problems)].join('; ')}`)
}

/** The value of a variable, without what editors and env files leave around it. */
export function variableValue(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  const [, , inner] = /^(["'])(.*)\1$/s.exec(trimmed) ?? []
  return (inner ?? trimmed).trim() || undefined
}

function wholeNumber(minimum: number, maximum?: number) {
  const range = maximum === undefined ? 'on' : `to ${maximum}`
  const error = `is not a whole number from ${minimum} ${range}`
  return z.coerce
    .number(error)
    .int(error)
    .min(minimum, error)
    .max(maximum ?? Number.MAX_SAFE_INTEGER, error)
}

export const portSchema = wholeNumber(0, 65_535)
export const hostSchema = z.string().default('127.0.0.1')
export const urlSchema = z.url('is not an address, such as https://api.example.com/v1')

/** A credential that goes into a header. */
export const secretSchema = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'has a space, a line break or another character in it that no key has')

/** A count or size that must be at least `minimum`. */
export function numberSchema(minimum: number) {
  return wholeNumber(minimum)
}

/** The longest time in milliseconds that a timer of Node's takes, some 24 days: a longer one is over at once. */
export const longestTimerMs = 2 ** 31 - 1

/** A time in milliseconds that something waits for. */
export function timerSchema(minimum: number) {
  return wholeNumber(minimum, longestTimerMs)
}

/** `true`/`false` in the environment; anything else is an error rather than a guess. */
export const booleanSchema = z
  .enum(['true', 'false'], 'is neither true nor false')
  .transform((value) => value === 'true')

/** Values separated by commas; an absent variable is an empty list. */
export const listSchema = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  )
