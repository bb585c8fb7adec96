import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { keepAlive } from './keep-alive.ts'

export type Alone = AsyncDisposable

/** That the other process must be stopped, and which it is. */
export class NotAloneError extends Error {
  override name = 'NotAloneError'
}

const checkEveryMs = 2_000
const standbyEveryMs = 500
/** A connection that does not respond for so long is given up: Postgres will have freed the lock, or soon will. */
const silenceMs = 10_000
const lock = 'hashtextextended($1, 0)'

/**
 * Makes a process the only one of its kind on a database, by an advisory lock on a connection of its own. What holds the
 * lock dies with the process, or some 30 s after its machine.
 *
 * | what happens                                   | what it does                                                     |
 * |------------------------------------------------|------------------------------------------------------------------|
 * | nobody has the lock                            | resolves                                                         |
 * | another process has it                         | waits `waitMs` for its end, then throws `NotAloneError`          |
 * | the same, with `standby`                       | calls it with the reason, and waits until the lock is free       |
 * | Postgres is unavailable                        | resolves, and takes the lock as soon as it can                   |
 * | the same, with `standby`                       | waits: the one that works may still reach Postgres               |
 * | the connection breaks later, or is silent 10 s | takes the lock again                                             |
 * | then another process has it                    | `onTaken`                                                        |
 *
 * @param onTaken must end the process.
 */
export async function runAlone({
  url,
  name,
  waitMs = 20_000,
  standby,
  signal,
  onTaken,
}: {
  url: string
  name: string
  waitMs?: number
  /** Called with the reason why it waits, again and again. */
  standby?: ((reason: string) => void) | undefined
  /** Ends the waiting of a standby. */
  signal?: AbortSignal | undefined
  onTaken: (error: NotAloneError) => void
}): Promise<Alone> {
  let client: pg.Client | undefined
  let isClosed = false
  const deadline = performance.now() + waitMs

  /** @returns whether it has the lock. @throws when Postgres is unavailable. */
  async function take(): Promise<boolean> {
    if (!client) {
      const opened = new pg.Client({
        connectionString: url,
        application_name: `airs-${name}-alone`,
        ...keepAlive,
        connectionTimeoutMillis: 5_000,
        query_timeout: silenceMs,
      })
      const forget = () => {
        if (client === opened) client = undefined
      }
      opened.on('error', forget)
      opened.on('end', forget)
      await opened.connect()
      client = opened
      await opened.query(
        'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
      )
    }
    const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${lock}) as taken`, [
      keyOf(name),
    ])
    return rows[0]!.taken
  }

  async function refusal(): Promise<NotAloneError> {
    const holder = await client
      ?.query<{ pid: number; address: string | null; since: Date }>(
        `select a.pid, host(a.client_addr) as address, a.backend_start as since
           from pg_locks l join pg_stat_activity a using (pid)
          where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and
            l.database = (select oid from pg_database where datname = current_database()) and
            (l.classid::bigint << 32 | l.objid::bigint) = ${lock}`,
        [keyOf(name)],
      )
      .then(({ rows: [row] }) => row)
      .catch(() => undefined)
    const who = holder
      ? ` (from ${holder.address ?? 'this machine'}, since ${new Date(holder.since).toISOString()}, Postgres process ${holder.pid})`
      : ''
    return new NotAloneError(
      `Another ${name} process works on this database${who}. It runs once, because it keeps things in order: stop the other, or give this one a database of its own`,
    )
  }

  async function waitAsStandby(report: (reason: string) => void): Promise<void> {
    for (;;) {
      try {
        if (await take()) return
        report((await refusal()).message)
      } catch (error) {
        dropConnection()
        report(`Postgres is unavailable: ${(error as Error).message}`)
      }
      try {
        await sleep(standbyEveryMs, undefined, { signal })
      } catch (error) {
        await client?.end().catch(() => {})
        throw error
      }
    }
  }

  function dropConnection(): void {
    const dropped = client
    client = undefined
    // Not `end`, which waits for a server that may be cut off.
    dropped?.connection.stream.destroy()
  }

  async function close(): Promise<void> {
    isClosed = true
    clearInterval(checking)
    await client?.end().catch(() => {})
  }

  const isTaken = () =>
    take().then(
      (taken) => !taken,
      () => false,
    )
  if (standby) await waitAsStandby(standby)
  else
    while (await isTaken()) {
      if (performance.now() > deadline) {
        const error = await refusal()
        await client?.end().catch(() => {})
        throw error
      }
      await sleep(200)
    }
  let held = client
  let isChecking = false
  const checking = setInterval(async () => {
    if (isClosed || isChecking) return
    isChecking = true
    try {
      if (client !== undefined && client === held) await client.query('select 1')
      else if (await take()) held = client
      else if (!isClosed) onTaken(await refusal())
    } catch {
      // Postgres is unavailable; it is tried again.
      dropConnection()
    } finally {
      isChecking = false
    }
  }, checkEveryMs)
  checking.unref()
  return { [Symbol.asyncDispose]: close }
}

function keyOf(name: string): string {
  return `airs ${name} runs once`
}
