import type { Mode } from '@airs-cp/events'
import type { Generated } from 'kysely'

/** The schema `policy`. */
export type PolicyTables = {
  /** Every version of every policy; the current one of a policy is its highest. */
  'policy.versions': {
    name: string
    version: number
    /** YAML as applied; null where this version removed the policy. */
    document: string | null
    actor: string
    applied_at: string | Date
  }
  /** Which policy set each ingress process decides by, as far as it has told. */
  'policy.activations': {
    source: string
    set_version: number
    /** Not waited for any more: it did not answer in time, and counts again when it does. */
    silent: Generated<boolean>
    updated_at: string | Date
  }
  'policy.keys': {
    id: string
    name: string
    /** JSON, see `KeyCreated`. */
    match: unknown
    limits: unknown
    spent_usd_micros: Generated<number>
    actor: string
    created_at: string | Date
    revoked_at: string | Date | null
  }
  /** One row: the global mode and the version of the whole set, which every change raises by one. */
  'policy.settings': {
    singleton: Generated<boolean>
    mode: Mode
    mode_reason: string
    set_version: number
  }
}
