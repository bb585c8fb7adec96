import type { Mode } from '@airs-cp/events'
import type { Quarantine } from '../controls/quarantine-index.ts'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/**
 * As with policies, nothing is refused while the global mode does not enforce.
 * @throws Refusal 403 `session_quarantined`
 */
export function refuseQuarantined(
  quarantine: Quarantine,
  mode: Mode,
  { tenant, session, caller }: Pick<Exchange, 'tenant' | 'session' | 'caller'>,
  nowMs = Date.now(),
): void {
  const untilMs = mode === 'enforce' ? quarantine.untilMs(tenant, session, caller) : undefined
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
