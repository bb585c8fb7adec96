import type { AnyEvent, EventByType, EventType, StreamDefinition } from '@airs-cp/events'
import type { Transaction } from 'kysely'

/**
 * An event as it was delivered: parsed, and the exact text that was recorded; with the id that it was published with,
 * which is absent for what does not come from the stream, and the ingress in whose subject space it was published.
 */
export type Delivery = {
  event: AnyEvent
  json: string
  messageId?: string | undefined
  ingress?: string | undefined
}

/** Applies one event within the transaction that also stores the position. */
export type Handler<Tables, Type extends EventType> = (
  transaction: Transaction<Tables>,
  event: EventByType<Type>,
) => Promise<void>

/**
 * What a service makes of a stream. Either one handler per event type (the keys are the subscription; an event that
 * arrives again is not applied again), or `applyBatch`, which gets whole batches and must itself be idempotent.
 */
export type Projection<Tables> = {
  /** Durable consumer name, unique within the stream. */
  name: string
  stream: StreamDefinition
  /** Postgres schema that holds the projection's bookkeeping, see `createProjectionTables`. */
  schema: string
  /** Whether what the stream loses before it is applied is read from the event store. Its role must be able to read it. */
  rereads?: boolean
  /**
   * Batches begin so many milliseconds apart at least, and five times as many while each has 20 events or more, unless one is full:
   * what a batch costs beside its events is most of what a few events cost. What comes after a pause is applied at once. Default 0.
   */
  gatherMs?: number
} & (
  | {
      on: { [Type in EventType]?: Handler<Tables, Type> }
      /** Gets the events of a batch before its handlers do, so that these need not ask the database for each. */
      prepare?: (transaction: Transaction<Tables>, events: readonly AnyEvent[]) => Promise<void>
    }
  | { applyBatch: (transaction: Transaction<Tables>, deliveries: Delivery[]) => Promise<void> }
)
