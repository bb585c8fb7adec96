import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, sha256Hex } from '@airs-cp/events'
import { type DropRecord, dropHeading } from '@airs-cp/manifest'
import { type RepeatReports, type Running, repeat } from '@airs-cp/runtime'
import { type Kysely, type Selectable, sql } from 'kysely'
import { findEvent } from '../find-events.ts'
import type { TransparencyLog } from '../log/run-log.ts'
import type { AuditTables } from '../tables.ts'
import { dropPage } from './carry-out-drop.ts'
import { isArchived } from './is-archived.ts'
import { forgetKept, nextDay, nextRest, planDrop } from './plan-drop.ts'
import { findRetention, type Retention } from './rules.ts'

export type Drop = Selectable<AuditTables['audit.drops']>

export type Retaining = Running & {
  /** Looks for something to do at once. */
  wake(): void
  /** Why drops do not go on; null while they do. */
  problem(): string | null
}

/**
 * Drops the events of days whose metadata is past its time, the oldest first, and each drop step by step (see `DropState`). Each step
 * may be done again: what stops in the middle goes on where it was.
 */
export function runRetention({
  bus,
  database,
  log,
  control,
  configured,
  archivedOnly = false,
  everyMs = 10_000,
  ...reports
}: RepeatReports & {
  bus: Bus
  database: Kysely<AuditTables>
  log: TransparencyLog
  /** Resolves when all control events that were appended are stored. */
  control: { caughtUp(): Promise<void> }
  configured: Retention
  /** Whether a day waits until it is archived. */
  archivedOnly?: boolean
  everyMs?: number
}): Retaining {
  let problem: string | null = null
  /** What held when nothing was left to drop of earlier days. */
  let rested: string | undefined

  async function announce(drop: Drop): Promise<void> {
    const { number, event_id, record: text } = drop
    if (text === null) throw new Error(`Drop ${drop.id} has no record`)
    const note = await log.sign(text)
    await sql`update audit.drops set note = ${note}, signed_by = ${log.status().keys.join('\n')}
      where number = ${number}`.execute(database)
    if ((await findEvent(database, event_id)) === undefined) {
      const { id: dropId, sealedAt: _, log: of, journals: __, leaves: ___, ...counts } = readRecord(text)
      await appendControlEvent(
        bus,
        '/airs/audit',
        eventTypes.dropSealed,
        { dropId, log: of, ...counts, recordSha256: sha256Hex(text), actor: 'retention' },
        { id: event_id },
      )
      await control.caughtUp()
    }
    await log.settled()
    await sql`update audit.drops set state = 'announced' where number = ${number} and state = 'sealed'`.execute(
      database,
    )
  }

  /** With the keys that the log has now, so that who trusts those alone can check what was signed before. */
  async function signAgain(): Promise<void> {
    const keys = log.status().keys.join('\n')
    if (keys === '') return
    const { rows } = await sql<{ number: number; record: string }>`select number, record from audit.drops
      where note is not null and signed_by <> ${keys}
        and generation = (select max(generation) from audit.logs) limit 100`.execute(database)
    for (const { number, record } of rows)
      await sql`update audit.drops set note = ${await log.sign(record)}, signed_by = ${keys}
        where number = ${number}`.execute(database)
  }

  async function plan(): Promise<boolean> {
    const { metadataDays } = await findRetention(database, configured)
    if (metadataDays === undefined) return false
    const day = (await nextDay(database, metadataDays)) ?? (await findRest())
    if (!day) return false
    await log.settled()
    if (archivedOnly && !(await isArchived(database, day)))
      throw new Error(
        `Events of ${day.day} are past their time, and wait until they are archived: run airs archive`,
      )
    await planDrop(database, day)
    return true
  }

  /** Looked for when a day was dropped or a hold was released, because only then can there be any. */
  async function findRest() {
    const { rows } = await sql<{ state: string }>`select concat_ws('/', (select max(number) from audit.drops),
      (select count(*) from audit.holds where released_at is not null)) as state`.execute(database)
    const { state } = rows[0]!
    if (state === rested) return undefined
    const rest = await nextRest(database)
    if (!rest) rested = state
    return rest
  }

  /** Another log has begun meanwhile: what is not deleted yet has new leaves there, and is planned anew. */
  async function isOfFormerLog({ number }: Drop): Promise<boolean> {
    const { numAffectedRows = 0n } = await sql`update audit.drops
      set state = 'dropped', until_position = progress, completed_at = now()
      where number = ${number} and generation < (select max(generation) from audit.logs)`.execute(database)
    if (numAffectedRows > 0n) await forgetKept(database, number)
    return numAffectedRows > 0n
  }

  /** @returns whether there may be more to do. */
  async function work(signal: AbortSignal): Promise<boolean> {
    await signAgain()
    const drop = await database
      .selectFrom('audit.drops')
      .selectAll()
      .where('state', '<>', 'dropped')
      .orderBy('number')
      .limit(1)
      .executeTakeFirst()
    if (!drop) return plan()
    if (await isOfFormerLog(drop)) return true
    if (drop.state === 'sealed') await announce(drop)
    else while (!signal.aborted && (await dropPage(database, drop.number)) > 0);
    return true
  }

  const running = repeat({
    everyMs,
    async work(signal) {
      const more = await work(signal)
      problem = null
      return more ? 'more' : undefined
    },
    ...reports,
    onProblem(error) {
      problem = (error as Error).message
      reports.onProblem?.(error)
    },
  })
  return { ...running, problem: () => problem }
}

function readRecord(text: string): DropRecord {
  const [heading, , json] = text.split('\n')
  if (heading !== dropHeading) throw new Error('This is no record of a drop')
  return JSON.parse(json!)
}
