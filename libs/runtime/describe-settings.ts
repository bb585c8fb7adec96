import type { SettingInForce } from '@airs-cp/events'
import type { z } from 'zod'
import { variableValue } from './config.ts'

/** Names of variables whose value is a secret, or leads to one. */
const secretName =
  /(?:KEY|TOKENS?|SECRET|PASSWORD|CREDENTIALS?|HEADERS|SHA256)$|^AIRS_ALERT_(?!EVENTS|CONSOLE_URL|PAGERDUTY_URL)|^AIRS_LOG_ANCHOR_URL$/

/** A path to a secret is none, and neither is a number. */
const harmlessName = /(?:_FILE|_MS|_BYTES)$/

/**
 * A configuration as it is in force, by variable, for people: secrets without their value, addresses without what may be
 * one. Every variable is in it, also those that nobody set.
 */
export function describeSettings(shape: z.ZodRawShape, env: NodeJS.ProcessEnv): SettingInForce[] {
  return Object.entries(shape).map(([name, schema]) => {
    const text = variableValue(env[name])
    const isSecret = secretName.test(name) && !harmlessName.test(name)
    if (isSecret) return { name, value: null, isSet: text !== undefined, isSecret }
    const usual = (schema as z.ZodType).safeParse(undefined)
    const value = text ?? (usual.success && usual.data !== undefined ? asText(usual.data) : null)
    return {
      name,
      value: value === null ? null : withoutCredentials(value).slice(0, 500),
      isSet: text !== undefined,
      isSecret,
    }
  })
}

function asText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}

/** Addresses, one or several separated by commas, without user, password, query and fragment. */
export function withoutCredentials(text: string): string {
  return text
    .split(',')
    .map((part) => {
      if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(part.trim()) || !URL.canParse(part.trim())) return part
      const url = new URL(part.trim())
      if (!url.username && !url.password && !url.search && !url.hash) return part
      url.username = ''
      url.password = ''
      url.search = ''
      url.hash = ''
      return url.href
    })
    .join(',')
}
