import { type ExportFilters, eventTypes, openingTypes } from '@airs-cp/events'
import type { ArchivedDay } from '@airs-cp/manifest'
import { type RawBuilder, sql } from 'kysely'
import { behindLeaf, type ExportedLog } from '../writing/log-proof.ts'
import type { TimeRange } from './date-range.ts'

/** What an export contains. */
export type Selection = {
  range: TimeRange
  filters: ExportFilters
  includeLineage: boolean
  /** Highest position of the event store that is taken: what arrives later is not, however often the export begins anew. */
  upTo: number
  /** Of an export that proves its rows. */
  log?: ExportedLog | undefined
  /** Which events are taken that are not of the range, or that the filters do not let through. */
  pieces?: Pieces | undefined
  /** Of an archived day: its rows are these leaves of the log. */
  leaves?: ArchivedDay['leaves'] | undefined
}

/** Events with pieces of content that other events refer to, and the time of the first one. */
export type Pieces = { ids: string[]; from: string }

/** Events that contain a decision. */
export const decidingTypes = [
  eventTypes.requestReceived,
  eventTypes.requestBlocked,
  eventTypes.responseCompleted,
  eventTypes.responseBlocked,
]

/** Events of the range and of exchanges that the filters let through, and pieces that they refer to. */
export function eventCondition({ range, filters, upTo, pieces }: Selection): RawBuilder<unknown> {
  const selected = allOf([
    ...(range.from ? [sql`time >= ${range.from.toISOString()}::timestamptz`] : []),
    ...(range.until ? [sql`time < ${range.until.toISOString()}::timestamptz`] : []),
    sql`position <= ${upTo}`,
    ...(filters.fromLeaf === undefined ? [] : [behindLeaf(filters.fromLeaf)]),
    ...(hasFilters(filters) ? [exchangeCondition(filters)] : []),
  ])
  if (!pieces) return selected
  const first = range.from ? sql`time >= ${pieces.from}::timestamptz and` : sql``
  return sql`${first} (${selected} or id = any(${pieces.ids}::uuid[]))`
}

/** Whether a row lies outside the range: it is a piece that a row of the range refers to. */
export function isOutside({ range: { from, until } }: Pick<Selection, 'range'>, time: string): boolean {
  if (!from && !until) return false
  const at = Date.parse(time)
  return (from !== undefined && at < from.getTime()) || (until !== undefined && at >= until.getTime())
}

export function hasFilters(filters: ExportFilters): boolean {
  return Object.values(filters).some((value) => value !== undefined)
}

/** Holds for rows whose `exchange` the filters let through. */
export function exchangeCondition({
  session,
  model,
  provider,
  tag,
  action,
  caller,
  finding,
}: ExportFilters): RawBuilder<unknown> {
  const ofExchange = [
    model !== undefined && sql`model like ${likePattern(model)}`,
    provider !== undefined && sql`provider = ${provider}`,
    tag !== undefined && sql`tags @> array[${tag}]::text[]`,
    action !== undefined && sql`(request_action = ${action} or response_action = ${action})`,
  ].filter((condition) => condition !== false)
  return allOf([
    ...(session === undefined ? [] : [sql`session = ${session}`]),
    ...(ofExchange.length === 0
      ? []
      : [sql`exchange in (select exchange from lineage.exported_exchanges where ${allOf(ofExchange)})`]),
    ...(caller === undefined
      ? []
      : [
          sql`exchange in (
            select exchange from audit.recorded_events
            where type = any(${openingTypes}::text[]) and event like ${callerPattern(caller)})`,
        ]),
    ...(finding === undefined
      ? []
      : [
          sql`exchange in (
            select exchange from audit.recorded_events
            where type = any(${decidingTypes}::text[]) and event like ${findingPattern(finding)})`,
        ]),
  ])
}

function allOf(conditions: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)
}

/** An attribute of the event; a caller has no character that means anything in a pattern but the underscore. */
function callerPattern(caller: string): string {
  return `%"caller":"${caller.replaceAll('_', '\\_')}"%`
}

/**
 * Events are compact JSON, in whose strings every quotation mark is escaped: what looks like this member is one. Postgres
 * cannot be asked to look into JSON that has a NUL somewhere.
 */
function findingPattern(type: string): string {
  return `%"findings":[{%${JSON.stringify({ type })
    .slice(1, -1)
    .replace(/[\\%_]/g, '\\$&')}%`
}

function likePattern(glob: string): string {
  return glob.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')
}
