import { setTimeout as sleep } from 'node:timers/promises'
import { connectBus, runProjection } from '@airs-cp/bus'
import { openDatabase } from '@airs-cp/postgres'
import type { KyselyPlugin } from 'kysely'
import { openLogFiles } from '../../../services/audit/log/log-files.ts'
import { runLog } from '../../../services/audit/log/run-log.ts'
import { controlAudit } from '../../../services/audit/projection.ts'
import { runRetention } from '../../../services/audit/retention/run-retention.ts'
import type { AuditTables } from '../../../services/audit/tables.ts'

/**
 * One start of retention, until nothing is left to drop. The process kills itself before the `killAt`-th statement of retention or of
 * the log. Prints `done` where it needs fewer.
 */
const [databaseUrl, natsUrl, directory, killAt] = process.argv.slice(2) as [string, string, string, string]

let steps = 0
const killing: KyselyPlugin = {
  transformQuery({ node }) {
    steps++
    if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL')
    return node
  },
  transformResult: async ({ result }) => result,
}

// The backends of the start before may still commit or roll back: what then fails is tried again, as in the service.
const onProblem = (problem: unknown, error?: unknown) => console.error(problem, error)
const everyMs = 1_000
await using database = openDatabase<AuditTables>({ url: databaseUrl, name: 'killed' })
const killed = database.withPlugin(killing)
const bus = await connectBus({ url: natsUrl, name: 'killed' })
const control = await runProjection({ bus, database, projection: controlAudit, onProblem })
const log = runLog({
  database: killed as never,
  files: openLogFiles(directory),
  everyMs,
  onProblem,
})
const retention = runRetention({
  bus,
  database: killed,
  log,
  control,
  configured: { contentDays: undefined, metadataDays: 200 },
  everyMs,
  onProblem,
})
while (!(await isDone())) await sleep(50)
await retention.close()
await log.close()
await control.close()
await bus.drain()
console.log('done')

async function isDone(): Promise<boolean> {
  const drops = await database.selectFrom('audit.drops').select('state').execute()
  const { left } = await database
    .selectFrom('audit.events')
    .select(({ fn }) => fn.countAll().as('left'))
    .where('exchange', 'is not', null)
    .where('recorded_at', '<', new Date(Date.now() - 250 * 86_400_000))
    .executeTakeFirstOrThrow()
  return drops.length > 0 && drops.every(({ state }) => state === 'dropped') && Number(left) === 0
}
