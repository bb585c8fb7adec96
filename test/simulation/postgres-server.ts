import { performance } from 'node:perf_hooks'
import pg from 'pg'
import { parsers } from '../../libs/postgres/parsers.ts'
import { outside, runningIn, type SimulatedProcess, type World } from './world.ts'

/** `commits` and `statements`: how many of the next ones lose their connection; half of the commits take effect. */
export type DatabaseFlaws = { commits: number; statements: number; isDown: boolean; latencyMs: number }

type Session = { process: SimulatedProcess; isBroken: boolean }
type Statement = { session: Session; text: string; run: () => Promise<void> }

const terminated = () => new Error('Connection terminated unexpectedly')

/**
 * A real Postgres behind simulated connections. Statements are real, and take virtual time; connections break, before a statement
 * or after it, so that nobody knows whether a commit took effect. Transactions run one after the other, which
 * is one of the orders in which Postgres may run them.
 */
export class PostgresServer {
  readonly flaws: DatabaseFlaws = { commits: 0, statements: 0, isDown: false, latencyMs: 0.5 }
  onCheckpoint: (note: string) => void = () => {}
  spentMs = 0
  readonly #world: World
  readonly #client: pg.Client
  /** Whose transaction is open. */
  #owner: Session | undefined
  #waiting: Statement[] = []

  constructor(world: World, client: pg.Client) {
    this.#world = world
    this.#client = client
  }

  /** For Kysely, as a pool of `pg`. */
  pool() {
    return {
      options: {},
      connect: async () => {
        const { process } = runningIn()!
        const session: Session = { process, isBroken: false }
        process.onDeath(() => this.#break(session))
        await this.#wait(process)
        if (this.flaws.isDown)
          throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
        return {
          query: (text: string, values: unknown[]) => this.#query(session, text, values),
          release: () => {},
        }
      },
      end: async () => {},
    }
  }

  /** Every connection breaks, and none can be made for a while. */
  stop(): void {
    this.flaws.isDown = true
    if (this.#owner) this.#break(this.#owner)
  }

  #wait(process: SimulatedProcess): Promise<void> {
    return new Promise((resolve) => {
      this.#world.schedule('network', 0.05 + this.#world.random.delay(this.flaws.latencyMs), resolve, process)
    })
  }

  #query(session: Session, text: string, values: unknown[]): Promise<unknown> {
    const { process } = session
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void) =>
        this.#world.schedule(
          'result',
          0.05 + this.#world.random.delay(this.flaws.latencyMs),
          settled,
          process,
        )
      const run = async () => {
        // What was sent before the process died is on its way.
        const isOnItsWay = !process.isAlive && text === 'commit' && this.#owner === session
        if (isOnItsWay && this.#world.random.chance(0.5)) {
          await this.#execute(text, values)
          this.#release(session)
          return
        }
        if (session.isBroken || this.flaws.isDown) {
          this.#break(session)
          settle(() => reject(terminated()))
          return
        }
        const isCommit = text === 'commit'
        const fault = this.#nextFault(isCommit)
        if (fault === 'before') {
          this.#break(session)
          settle(() => reject(terminated()))
          return
        }
        if (text === 'begin') this.#owner = session
        this.#world.onTrace?.(`  ${process.name}: ${text.replaceAll(/\s+/g, ' ').slice(0, 100)}`)
        const result = await this.#execute(text, values)
        if (isCommit || text === 'rollback') this.#release(session)
        if (fault === 'after') {
          this.#break(session)
          settle(() => reject(terminated()))
        } else if (result instanceof Error) settle(() => reject(result))
        else {
          if (text.includes('insert into audit.log_checkpoints')) this.onCheckpoint(String(values[2]))
          settle(() => resolve(result))
        }
      }
      this.#world.schedule('statement', 0.05 + this.#world.random.delay(this.flaws.latencyMs), () =>
        this.#inTurn({ session, text, run }),
      )
    })
  }

  #nextFault(isCommit: boolean): 'before' | 'after' | undefined {
    const { flaws } = this
    if (isCommit && flaws.commits > 0) {
      flaws.commits--
      const isDone = this.#world.random.chance(0.5)
      this.#world.inject(isDone ? 'a commit that nobody hears of' : 'a commit that is lost')
      return isDone ? 'after' : 'before'
    }
    if (!isCommit && flaws.statements > 0) {
      flaws.statements--
      this.#world.inject('a statement whose connection breaks')
      return this.#world.random.pick(['before', 'after'])
    }
    return undefined
  }

  /** What another session's transaction is in the way of waits for its end. */
  async #inTurn(statement: Statement): Promise<void> {
    if (this.#owner && this.#owner !== statement.session && !statement.session.isBroken)
      this.#waiting.push(statement)
    else await statement.run()
  }

  #release(session: Session): void {
    if (this.#owner !== session) return
    this.#owner = undefined
    const waiting = this.#waiting
    this.#waiting = []
    for (const statement of waiting) this.#world.schedule('in turn', 0.01, () => this.#inTurn(statement))
  }

  #break(session: Session): void {
    if (session.isBroken) return
    session.isBroken = true
    if (this.#owner !== session) return
    // The server notices after a while, and until then the transaction is in the way.
    this.#world.schedule('session ends', 5 + this.#world.random.delay(50), async () => {
      if (this.#owner !== session) return
      await this.#execute('rollback', [])
      this.#release(session)
    })
  }

  async #execute(text: string, values: unknown[]): Promise<unknown> {
    const startedMs = performance.now()
    try {
      return await outside(() => this.#client.query(text, [...values]))
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      this.spentMs += performance.now() - startedMs
    }
  }
}

export async function connectClient(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, types: parsers })
  await client.connect()
  return client
}
