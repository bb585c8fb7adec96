import type { EventByType, eventTypes } from '@airs-cp/events'
import { repeat } from '@airs-cp/runtime'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

/** Notes what an ingress decides by. Events of one ingress come in order, but may come again. */
export async function storeActivation(
  database: Transaction<PolicyTables>,
  { source, data, time }: EventByType<typeof eventTypes.policySetActivated>,
): Promise<void> {
  const { version, modeVersion = null, keysVersion = null } = data
  const { quarantineVersion = null, toolsVersion = null } = data
  await sql`insert into policy.activations as a
      (source, set_version, mode_version, keys_version, quarantine_version, tools_version, updated_at)
    values (${source}, ${version}, ${modeVersion}, ${keysVersion}, ${quarantineVersion},
      ${toolsVersion}, ${time})
    on conflict (source) do update set set_version = excluded.set_version, mode_version = excluded.mode_version,
      keys_version = excluded.keys_version, quarantine_version = excluded.quarantine_version,
      tools_version = excluded.tools_version, silent = false,
      rejected_version = case when a.set_version = excluded.set_version then a.rejected_version end,
      rejected_error = case when a.set_version = excluded.set_version then a.rejected_error end,
      updated_at = excluded.updated_at
      where a.updated_at <= excluded.updated_at`.execute(database)
}

/** Notes that an ingress cannot use a set; it goes on with the one before. */
export async function storeRejection(
  database: Transaction<PolicyTables>,
  { source, data, time }: EventByType<typeof eventTypes.policySetRejected>,
): Promise<void> {
  const { version, error } = data
  await sql`insert into policy.activations as a (source, set_version, rejected_version, rejected_error, updated_at)
      values (${source}, 0, ${version}, ${error}, ${time})
    on conflict (source) do update set rejected_version = excluded.rejected_version,
      rejected_error = excluded.rejected_error, silent = false, updated_at = excluded.updated_at
      where a.updated_at <= excluded.updated_at`.execute(database)
}

/** An ingress process that has ended is not waited for. */
export async function forgetEnded(
  database: Transaction<PolicyTables>,
  { data }: EventByType<typeof eventTypes.ingressStarted>,
): Promise<void> {
  if (data.previous !== undefined)
    await database.deleteFrom('policy.activations').where('source', '=', data.previous).execute()
}

/** Who has a change, who cannot use it, and who has not reported anything yet. */
export type Activation = {
  activated: number
  pending: string[]
  rejected: { source: string; error: string }[]
}

/** What an ingress reports the version of. */
export type ActivatedPart = 'policies' | 'mode' | 'keys' | 'quarantine' | 'tools'

export type Activations = AsyncDisposable & {
  /**
   * Waits until every ingress that is heard of decides by this version of a part, or has reported that it cannot. One
   * that has reported nothing after `timeoutMs` is named as pending, and is not waited for again until it is heard of.
   */
  reached(part: ActivatedPart, version: number, timeoutMs?: number): Promise<Activation>
  /** Something was reported. */
  wake(): void
}

type Row = Selectable<PolicyTables['policy.activations']>
type Waiter = {
  part: ActivatedPart
  version: number
  deadlineMs: number
  resolve: (activation: Activation) => void
  reject: (error: unknown) => void
}

/** Another process may apply what is reported, so that it is looked up as well. */
const lookUpEveryMs = 100

/** However many wait, one query at a time looks after all of them. */
export function createActivations(database: Kysely<PolicyTables>): Activations {
  const waiting = new Set<Waiter>()
  const loop = repeat({
    everyMs: lookUpEveryMs,
    async work() {
      if (waiting.size === 0) return
      const asked = [...waiting]
      const rows = await database
        .selectFrom('policy.activations')
        .selectAll()
        .where('silent', '=', false)
        .execute()
      const silent = new Set<string>()
      for (const waiter of asked) {
        const activation = activationOf(rows, waiter)
        const isLate = performance.now() > waiter.deadlineMs
        if (activation.pending.length > 0 && !isLate) continue
        for (const source of activation.pending) silent.add(source)
        waiting.delete(waiter)
        waiter.resolve(activation)
      }
      if (silent.size > 0)
        await database
          .updateTable('policy.activations')
          .set({ silent: true })
          .where('source', 'in', [...silent])
          .execute()
    },
    onProblem(error) {
      for (const { reject } of waiting) reject(error)
      waiting.clear()
    },
  })
  return {
    reached(part, version, timeoutMs = 2_000) {
      const { promise, resolve, reject } = Promise.withResolvers<Activation>()
      waiting.add({ part, version, deadlineMs: performance.now() + timeoutMs, resolve, reject })
      loop.wake()
      return promise
    },
    wake: () => {
      if (waiting.size > 0) loop.wake()
    },
    [Symbol.asyncDispose]: () => loop.close(),
  }
}

const columns = {
  policies: 'set_version',
  mode: 'mode_version',
  keys: 'keys_version',
  quarantine: 'quarantine_version',
  tools: 'tools_version',
} as const satisfies Record<ActivatedPart, keyof Row>

function activationOf(rows: Row[], { part, version }: Pick<Waiter, 'part' | 'version'>): Activation {
  const behind = rows.filter((row) => (row[columns[part]] ?? -1) < version)
  const cannot = behind.filter((row) => part === 'policies' && (row.rejected_version ?? 0) >= version)
  return {
    activated: rows.length - behind.length,
    pending: behind.filter((row) => !cannot.includes(row)).map((row) => row.source),
    rejected: cannot.map(({ source, rejected_error }) => ({ source, error: rejected_error ?? '' })),
  }
}
