import type { Generated } from 'kysely'

export type ChangeTables = {
  /** Changes of the control plane: who changed what. What it was changed to is in the event. */
  'audit.changes': {
    number: Generated<number>
    event_id: string
    time: Date | string
    kind: string
    subject: string
    actor: string
  }
}
