import type { z } from 'zod'
import { archiveSchemas } from './control/archive.ts'
import { conductSchemas } from './control/conduct.ts'
import { erasureSchemas } from './control/erasure.ts'
import { exportSchemas } from './control/exports.ts'
import { keySchemas } from './control/keys.ts'
import { logSchemas } from './control/log.ts'
import { policySchemas } from './control/policies.ts'
import { quarantineSchemas } from './control/quarantine.ts'
import { recordSchemas } from './control/record.ts'
import { retentionSchemas } from './control/retention.ts'
import type { EventOf } from './envelope.ts'

/** A control event that nobody could store or apply; it is not appended. */
export class InvalidControlEventError extends Error {
  override name = 'InvalidControlEventError'
  readonly reason: 'too-large' | 'invalid'

  constructor(reason: 'too-large' | 'invalid', message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

/** Data schema per control event type. */
export const controlSchemas = {
  ...policySchemas,
  ...quarantineSchemas,
  ...conductSchemas,
  ...keySchemas,
  ...exportSchemas,
  ...archiveSchemas,
  ...recordSchemas,
  ...erasureSchemas,
  ...retentionSchemas,
  ...logSchemas,
} as const

type ControlSchemas = typeof controlSchemas

export type ControlEvent = {
  [Type in keyof ControlSchemas]: EventOf<Type, z.infer<ControlSchemas[Type]>>
}[keyof ControlSchemas]
