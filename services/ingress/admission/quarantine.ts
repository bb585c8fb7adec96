import type { Mode } from '@airs-cp/events'
import type { Quarantine } from '../controls/quarantine-index.ts'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/**
 * As with policies, nothing is refused while the global mode does not enforce.
 * @throws Refusal 403 `session_quarantined` or `caller_quarantined`
 */
export function refuseQuarantined(
  quarantine: Quarantine,
  mode: Mode,
  exchange: Pick<Exchange, 'tenant' | 'session' | 'caller'>,
  nowMs = Date.now(),
): void {
  const held = mode === 'enforce' ? quarantine.find(exchange) : undefined
  if (held === undefined || held.untilMs <= nowMs) return
  const { what, untilMs } = held
  const who = what === 'session' ? `Session "${exchange.session}"` : 'This client'
  const refusal = new Refusal(
    403,
    `${what}_quarantined`,
    `${who} is in quarantine until ${new Date(untilMs).toISOString()}, because it broke policies or a person stopped it; the operator can release it (airs quarantine release)`,
    null,
    Math.ceil((untilMs - nowMs) / 1_000),
  )
  refusal.error.type = 'policy_violation'
  throw refusal
}
