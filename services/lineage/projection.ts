import type { Projection } from '@airs-cp/bus'
import { eventTypes, streams } from '@airs-cp/events'
import { endExchange, openExchange } from './exchanges.ts'
import type { LineageTables } from './tables.ts'

export const lineageProjection: Projection<LineageTables> = {
  name: 'lineage',
  stream: streams.traffic,
  schema: 'lineage',
  on: {
    [eventTypes.requestReceived]: (database, event) => openExchange(database, event),
    [eventTypes.requestBlocked]: (database, event) => openExchange(database, event, 'request-blocked'),
    [eventTypes.requestRejected]: (database, event) => openExchange(database, event, 'request-rejected'),
    [eventTypes.responseCompleted]: (database, event) => endExchange(database, event, 'completed'),
    [eventTypes.responseBlocked]: (database, event) => endExchange(database, event, 'response-blocked'),
    [eventTypes.responseFailed]: (database, event) => endExchange(database, event, 'failed'),
    [eventTypes.responseAborted]: (database, event) => endExchange(database, event, 'aborted'),
    [eventTypes.exchangeAbandoned]: (database, event) => endExchange(database, event, 'abandoned'),
  },
}
