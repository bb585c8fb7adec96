import { type Mode, parsePublished } from '@airs-cp/events'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/** The sessions whose exchanges are refused. */
export type Quarantine = {
  /** Until when, in milliseconds; undefined for a session that is free. */
  untilMs(tenant: string, session: string): number | undefined
}

export function readQuarantine(text: string): Quarantine {
  const { sessions } = parsePublished('quarantine', text)
  const keyOf = (tenant: string, session: string) => `${tenant} ${session}`
  const ends = new Map(
    sessions.map(({ tenant, session, until }) => [keyOf(tenant, session), Date.parse(until)]),
  )
  return { untilMs: (tenant, session) => ends.get(keyOf(tenant, session)) }
}

/**
 * As with policies, nothing is refused while the global mode does not enforce.
 * @throws Refusal 403 `session_quarantined`
 */
export function refuseQuarantined(
  quarantine: Quarantine | undefined,
  mode: Mode,
  { tenant, session }: Pick<Exchange, 'tenant' | 'session'>,
  nowMs = Date.now(),
): void {
  const untilMs = mode === 'enforce' ? quarantine?.untilMs(tenant, session) : undefined
  if (untilMs === undefined || untilMs <= nowMs) return
  const refusal = new Refusal(
    403,
    'session_quarantined',
    `Session "${session}" is in quarantine until ${new Date(untilMs).toISOString()}, because it broke policies or was stopped by a person`,
    null,
    Math.ceil((untilMs - nowMs) / 1_000),
  )
  refusal.error.type = 'policy_violation'
  throw refusal
}
