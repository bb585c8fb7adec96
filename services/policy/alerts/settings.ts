import { type EventType, eventTypes, sha256Hex } from '@airs-cp/events'
import { ConfigError, urlSchema } from '@airs-cp/runtime'
import { z } from 'zod'
import { pagerDutyUrl } from './receivers/pagerduty.ts'
import type { Receiver } from './receivers/request-of.ts'

export const alertVariables = {
  AIRS_ALERT_URLS: z.string().optional(),
  AIRS_ALERT_SECRET: z.string().min(16, 'is at least 16 characters').optional(),
  AIRS_ALERT_SLACK_URLS: z.string().optional(),
  AIRS_ALERT_TEAMS_URLS: z.string().optional(),
  AIRS_ALERT_PAGERDUTY_KEYS: z.string().optional(),
  AIRS_ALERT_PAGERDUTY_URL: urlSchema.default(pagerDutyUrl),
  AIRS_ALERT_CONSOLE_URL: urlSchema.optional(),
  AIRS_ALERT_EVENTS: z
    .string()
    .default(
      'request-blocked,response-blocked,session-quarantined,caller-quarantined,anomaly-found,mode-changed,log-problem-found,mcp-tool-drifted',
    ),
}

export type AlertSettings = {
  /** By the SHA-256 of their address and key, which are secrets and stored nowhere. */
  targets: ReadonlyMap<string, Receiver>
  /** Signs what is sent to webhooks. */
  key: Buffer | undefined
  /** Of the console, for links. */
  consoleUrl: string | undefined
  types: ReadonlySet<EventType>
}

const namesOf = new Map(
  Object.values(eventTypes).map((type) => [type.slice('airs.'.length, type.lastIndexOf('.')), type]),
)

/** @throws ConfigError */
export function alertSettings(
  config: z.infer<z.ZodObject<typeof alertVariables>>,
): AlertSettings | undefined {
  const receivers = receiversOf(config)
  if (receivers.length === 0) return undefined
  const { AIRS_ALERT_SECRET: secret } = config
  if (!secret && receivers.some(({ kind }) => kind === 'webhook'))
    throw new ConfigError('AIRS_ALERT_URLS needs AIRS_ALERT_SECRET, by which receivers know what is ours')
  return {
    targets: new Map(receivers.map((receiver) => [digestOf(receiver), receiver])),
    key: secret === undefined ? undefined : keyOf(secret),
    consoleUrl: config.AIRS_ALERT_CONSOLE_URL,
    types: new Set(listOf(config.AIRS_ALERT_EVENTS).map(typeOf)),
  }
}

/** A secret in the form of Standard Webhooks is base64 behind its prefix; any other is taken as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
}

function receiversOf(config: z.infer<z.ZodObject<typeof alertVariables>>): Receiver[] {
  const at = (
    kind: 'webhook' | 'slack' | 'teams',
    name: 'AIRS_ALERT_URLS' | `AIRS_ALERT_${'SLACK' | 'TEAMS'}_URLS`,
  ) => listOf(config[name]).map((url) => ({ kind, url: checkedUrl(url, name) }))
  const url = checkedUrl(config.AIRS_ALERT_PAGERDUTY_URL, 'AIRS_ALERT_PAGERDUTY_URL')
  return [
    ...at('webhook', 'AIRS_ALERT_URLS'),
    ...at('slack', 'AIRS_ALERT_SLACK_URLS'),
    ...at('teams', 'AIRS_ALERT_TEAMS_URLS'),
    ...listOf(config.AIRS_ALERT_PAGERDUTY_KEYS).map((routingKey) => ({
      kind: 'pagerduty' as const,
      url,
      routingKey: checkedKey(routingKey),
    })),
  ]
}

/** Of a webhook as it ever was, so that what waits for it is sent after an upgrade. */
function digestOf(receiver: Receiver): string {
  if (receiver.kind === 'webhook') return sha256Hex(receiver.url)
  const key = receiver.kind === 'pagerduty' ? receiver.routingKey : ''
  return sha256Hex([receiver.kind, receiver.url, key].join('\n'))
}

/** The address itself may be a secret: it is not named. */
function checkedUrl(url: string, name: string): string {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw new ConfigError(`${name} has something that is no http or https address`)
  if (parsed.username !== '' || parsed.password !== '')
    throw new ConfigError(
      `${name} has an address with a user or a password before its host, which cannot be sent to; receivers know what is ours by its signature`,
    )
  return url
}

function checkedKey(key: string): string {
  if (/^[A-Za-z0-9_-]{16,64}$/.test(key)) return key
  throw new ConfigError(
    'AIRS_ALERT_PAGERDUTY_KEYS has something that is no integration key of the Events API v2: 32 letters and digits',
  )
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
