import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes, leastMetadataDays, metadataFloorDays, uuidv7 } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { countUnder, findHold, type Hold, listHolds } from './holds.ts'
import { findRetention, type Retention } from './rules.ts'

export function addRetentionRoutes(
  api: Api,
  {
    bus,
    database,
    control,
    configured,
    problem,
    wake,
  }: {
    bus: Bus
    database: Kysely<AuditTables>
    control: Pick<RunningProjection, 'caughtUp'>
    configured: Retention
    problem: () => string | null
    /** Whatever retention has to do is looked for at once. */
    wake: () => void
  },
): void {
  const describeHold = (hold: Hold) => ({
    ...{ id: hold.id, selection: hold.selection, reason: hold.reason, actor: hold.actor },
    placedAt: hold.placed_at as Date,
    releasedAt: hold.released_at as Date | null,
    ...{ releasedBy: hold.released_by, releaseReason: hold.release_reason },
  })

  async function getHold(id: string): Promise<Hold> {
    const hold = await findHold(database, id)
    if (!hold) throw notFound(`Hold ${id}`)
    return hold
  }

  async function describe() {
    const { contentDays, metadataDays, setBy } = await findRetention(database, configured)
    const { rows } = await sql<{ holds: number; droppedDays: number; droppedEvents: number }>`select
      (select count(*) from audit.holds where released_at is null) as holds,
      count(distinct day) as "droppedDays", coalesce(sum(events), 0)::bigint as "droppedEvents"
      from audit.drops where events > 0 and state <> 'sealed'`.execute(database)
    return {
      ...{ contentDays: contentDays ?? null, metadataDays: metadataDays ?? null },
      ...{ floorDays: metadataFloorDays, setBy: setBy ?? null },
      ...rows[0]!,
      problem: problem(),
    }
  }

  api.implement(contract.audit.holds, {
    'POST /v1/holds': async ({ body: { selection, reason }, caller }) => {
      const holdId = uuidv7()
      const data = { holdId, selection, reason, actor: caller.name }
      await appendControlEvent(bus, '/airs/audit', eventTypes.holdPlaced, data)
      await control.caughtUp()
      return { ...describeHold(await getHold(holdId)), ...(await countUnder(database, selection)) }
    },
    'GET /v1/holds': async ({ query }) => ({
      holds: (await listHolds(database, query.limit)).map(describeHold),
    }),
    'POST /v1/holds/:id/release': async ({ params, body: { reason }, caller }) => {
      const { released_at } = await getHold(params.id)
      if (released_at !== null)
        throw new ApiError(409, 'hold_released', `Hold ${params.id} was released before`)
      const data = { holdId: params.id, reason, actor: caller.name }
      await appendControlEvent(bus, '/airs/audit', eventTypes.holdReleased, data)
      await control.caughtUp()
      wake()
      return describeHold(await getHold(params.id))
    },
  })

  api.implement(contract.audit.retention, {
    'GET /v1/retention': describe,
    'PUT /v1/retention': async ({ body: { contentDays, metadataDays, belowFloor, reason }, caller }) => {
      if (metadataDays !== null && metadataDays < (belowFloor ? leastMetadataDays : metadataFloorDays))
        throw new ApiError(
          409,
          'below_floor',
          belowFloor
            ? `Metadata is kept for at least ${leastMetadataDays} days: streams hold events for a week, and what is dropped must not come again`
            : `Metadata is kept for at least ${metadataFloorDays} days, unless you say that it is to be less: "belowFloor": true (--below-floor)`,
        )
      const data = { contentDays, metadataDays, reason, actor: caller.name }
      await appendControlEvent(bus, '/airs/audit', eventTypes.retentionChanged, data)
      await control.caughtUp()
      wake()
      return describe()
    },
    'GET /v1/retention/drops': async ({ query }) => {
      const rows = await database
        .selectFrom('audit.drops')
        .selectAll()
        .select(sql<string>`day::text`.as('on'))
        .where('events', '>', 0)
        .orderBy('number', 'desc')
        .limit(query.limit)
        .execute()
      return {
        drops: rows.map(({ id, on, state, events, kept, ...row }) => ({
          ...{ id, day: on, state, events, kept },
          ...{ first: row.first_time as Date, last: row.last_time as Date },
          ...{ firstLeaf: row.first_leaf!, untilLeaf: row.until_leaf! },
          ...{ sealedAt: row.sealed_at, completedAt: row.completed_at as Date | null },
        })),
      }
    },
    'GET /v1/retention/drops/:id/record': async ({ params, response }) => {
      const row = await database
        .selectFrom('audit.drops')
        .select('note')
        .where('id', '=', params.id)
        .executeTakeFirst()
      if (!row?.note) throw notFound(`Drop ${params.id}`)
      response.type('text/plain; charset=utf-8').send(row.note)
    },
  })
}
