import type { PublishedMode } from '@airs-cp/events'
import type { CompiledPolicySet } from '@airs-cp/policy-engine'
import type { Controls } from '../controls/follow-controls.ts'
import type { ClientKeys } from '../controls/key-index.ts'
import type { Quarantine } from '../controls/quarantine-index.ts'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'

/** All that must be known before a request may pass. */
export type KnownControls = { set: CompiledPolicySet; keys: ClientKeys; quarantine: Quarantine }

const stoppedMessage = 'All traffic is stopped by the operator of this gateway; ask them when it goes on'

/**
 * The kill switch, and what an ingress does not know about.
 * @throws Refusal 403 `traffic_stopped` while the mode is `stop`; 503 while policies, keys or quarantine are unknown: nobody
 * knows then what is forbidden.
 */
export function obeyControls(
  controls: Pick<Controls, 'mode' | 'policies' | 'keys' | 'quarantine'>,
): KnownControls {
  const mode = controls.mode()
  if (mode?.value === 'stop') throw stopped(mode.message)
  const set = controls.policies.current()
  const keys = controls.keys.current()
  const quarantine = controls.quarantine.current()
  if (set && keys && quarantine) return { set, keys, quarantine }
  if (!set)
    throw new Refusal(
      503,
      'policy_unavailable',
      'No policies have reached this ingress yet, so it lets nothing through. Try again; if this lasts, look at NATS and the policy service',
    )
  const what = keys ? 'sessions are in quarantine' : 'client keys are in force'
  throw new Refusal(
    503,
    'policy_unavailable',
    `This ingress does not know yet which ${what}, so it lets nothing through. Try again; if this lasts, look at NATS and the policy service`,
  )
}

/** For the header that says so on every response. */
export function unguardedBy(mode: PublishedMode | undefined): Exchange['unguarded'] {
  return mode?.value === 'off' || mode?.value === 'stop' ? mode.value : undefined
}

/** Not a status that clients retry: the decision stays until a person takes it back. */
function stopped(message: string = stoppedMessage): Refusal {
  const refusal = new Refusal(403, 'traffic_stopped', message)
  refusal.error.type = 'policy_violation'
  return refusal
}
