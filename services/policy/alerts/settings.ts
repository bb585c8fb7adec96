import { type EventType, eventTypes, sha256Hex } from '@airs-cp/events'
import { ConfigError } from '@airs-cp/runtime'
import { z } from 'zod'

export const alertVariables = {
  AIRS_ALERT_URLS: z.string().optional(),
  AIRS_ALERT_SECRET: z.string().min(16, 'is at least 16 characters').optional(),
  AIRS_ALERT_EVENTS: z
    .string()
    .default(
      'request-blocked,response-blocked,session-quarantined,caller-quarantined,anomaly-found,mode-changed,log-problem-found,mcp-tool-drifted',
    ),
}

export type AlertSettings = {
  /** Addresses by their SHA-256: an address may itself be a secret and is stored nowhere. */
  targets: ReadonlyMap<string, string>
  /** Signs what is sent. */
  key: Buffer
  types: ReadonlySet<EventType>
}

const namesOf = new Map(
  Object.values(eventTypes).map((type) => [type.slice('airs.'.length, type.lastIndexOf('.')), type]),
)

/** @throws ConfigError */
export function alertSettings(
  config: z.infer<z.ZodObject<typeof alertVariables>>,
): AlertSettings | undefined {
  const urls = listOf(config.AIRS_ALERT_URLS)
  if (urls.length === 0) return undefined
  const { AIRS_ALERT_SECRET: secret } = config
  if (!secret)
    throw new ConfigError('AIRS_ALERT_URLS needs AIRS_ALERT_SECRET, by which receivers know what is ours')
  return {
    targets: new Map(urls.map((url) => [sha256Hex(checkedUrl(url)), url])),
    key: keyOf(secret),
    types: new Set(listOf(config.AIRS_ALERT_EVENTS).map(typeOf)),
  }
}

/** A secret in the form of Standard Webhooks is base64 behind its prefix; any other is taken as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}

function checkedUrl(url: string): string {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url
  throw new ConfigError('AIRS_ALERT_URLS has something that is no http or https address')
}

function typeOf(name: string): EventType {
  const type = namesOf.get(name)
  if (type) return type
  throw new ConfigError(`AIRS_ALERT_EVENTS names "${name}"; there are ${[...namesOf.keys()].join(', ')}`)
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
