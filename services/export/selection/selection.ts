import { type ExportFilters, eventTypes, openingTypes } from '@airs-cp/events'
import type { ArchivedDay } from '@airs-cp/manifest'
import { wordQuery } from '@airs-cp/postgres'
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

/** Events with pieces of content that other events refer to, and a time before which none of the range or of them is. */
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
  ...asked
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
    ...searchConditions(asked),
  ])
}

/** Filters by what the search of exchanges knows, whose answer may change: with the outcome, and when content is erased. */
type SearchFilters = Omit<ExportFilters, keyof typeof lasting>

const lasting = { session: 0, model: 0, provider: 0, tag: 0, action: 0, caller: 0, finding: 0, fromLeaf: 0 }

/** Without those whose answer may change: it lets through what all of them do, and more. */
export function lastingFilters(filters: ExportFilters): ExportFilters {
  return Object.fromEntries(Object.entries(filters).filter(([name]) => Object.hasOwn(lasting, name)))
}

/** The same exchanges as the search of the event store finds. */
function searchConditions({
  agent,
  decision,
  policy,
  verdict,
  status,
  state,
  key,
  credential,
  text,
}: SearchFilters): RawBuilder<unknown>[] {
  const found = [
    agent !== undefined && sql`agent = ${agent}`,
    decision !== undefined && sql`decision = ${decision}`,
    policy !== undefined && sql`${policy} = any(policies)`,
    verdict !== undefined &&
      sql`exists (select from unnest(verdicts) one where one like ${verdictPattern(verdict, policy)})`,
    status !== undefined && sql`status::text like ${status.replace('xx', '__')}`,
    state !== undefined && sql`state = ${state}`,
    key !== undefined && sql`(key_id = ${key} or key_name = ${key})`,
    credential !== undefined && sql`starts_with(credential, ${credential})`,
  ].filter((condition) => condition !== false)
  return [
    ...(found.length === 0
      ? []
      : [sql`exchange in (select exchange::text from audit.found_exchanges where ${allOf(found)})`]),
    ...(text === undefined
      ? []
      : [
          sql`exchange in (
            select exchange::text from audit.found_words where words @@ ${wordQuery(text)})`,
        ]),
  ]
}

/** A line is the policy, the action, and whether it was enforced or observed. */
function verdictPattern(verdict: string, policy: string | undefined): string {
  const parts = verdict.split(':')
  const part = parts.find((one) => one === 'enforced' || one === 'observed') ?? '%'
  const action = parts.find((one) => one !== part) ?? '%'
  return `${policy === undefined ? '%' : escapedLike(policy)}\n${action}\n${part}`
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
  return escapedLike(glob).replaceAll('*', '%')
}

function escapedLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
