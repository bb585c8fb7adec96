import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes, uuidv7 } from '@airs-cp/events'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { heldExchanges } from '../retention/holds.ts'
import type { AuditTables } from '../tables.ts'
import { type Erasure, findErasure, listErasures } from './erasures.ts'
import type { Erasing } from './run-erasures.ts'
import { previewErasure } from './select-exchanges.ts'

export function addErasureRoutes(
  api: Api,
  {
    bus,
    database,
    control,
    erasing,
  }: {
    bus: Bus
    database: Kysely<AuditTables>
    control: Pick<RunningProjection, 'caughtUp'>
    erasing: Erasing
  },
): void {
  async function getErasure(id: string): Promise<Erasure> {
    const erasure = await findErasure(database, id)
    if (!erasure) throw notFound(`Erasure ${id}`)
    return erasure
  }

  const describe = ({ id, ...erasure }: Erasure) => ({
    id,
    selection: erasure.selection,
    before: erasure.before as Date,
    reason: erasure.reason,
    actor: erasure.actor,
    requestedAt: erasure.requested_at as Date,
    state: erasure.state,
    completedAt: erasure.completed_at as Date | null,
    problem: erasing.problemOf(id),
    exchanges: erasure.exchanges,
    erasedExchanges: erasure.erased,
    events: erasure.events,
    sharedContents: erasure.shared_contents,
    heldExchanges: erasure.held,
    messages: erasure.messages,
  })

  api.implement(contract.audit.erasures, {
    'POST /v1/erasures': async ({ body: { selection, reason }, caller }) => {
      const erasureId = uuidv7()
      const data = { erasureId, selection, before: new Date().toISOString(), reason, actor: caller.name }
      await appendControlEvent(bus, '/airs/audit', eventTypes.erasureRequested, data)
      await control.caughtUp()
      erasing.wake()
      return describe(await getErasure(erasureId))
    },
    'POST /v1/erasure-previews': async ({ body: { selection } }) =>
      previewErasure(database, selection, new Date(), await heldExchanges(database)),
    'GET /v1/erasures': async ({ query }) => ({
      erasures: (await listErasures(database, query.limit)).map(describe),
    }),
    'GET /v1/erasures/:id': async ({ params }) => describe(await getErasure(params.id)),
  })
}
