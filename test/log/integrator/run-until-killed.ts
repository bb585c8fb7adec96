import { openDatabase } from '@airs-cp/postgres'
import type { KyselyPlugin } from 'kysely'
import { openLogFiles } from '../../../services/audit/log/log-files.ts'
import { runLog } from '../../../services/audit/log/run-log.ts'
import type { LogTables } from '../../../services/audit/log/tables.ts'

/**
 * One start of the integrator and one round of it. The process kills itself before its `killAt`-th step: a statement, or what
 * it does to a file. Prints `done` where it needs fewer steps.
 */
const [databaseUrl, directory, killAt] = process.argv.slice(2) as [string, string, string]

let steps = 0
function step(): void {
  steps++
  if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL')
}

const killing: KyselyPlugin = {
  transformQuery({ node }) {
    step()
    return node
  },
  transformResult: async ({ result }) => result,
}

const files = openLogFiles(directory)
await using database = openDatabase<LogTables>({ url: databaseUrl, name: 'killed' })
const log = runLog({
  database: database.withPlugin(killing) as typeof database,
  files: {
    ...files,
    async writeSigners(signers) {
      step()
      await files.writeSigners(signers)
      step()
    },
    async writeLastSigned(note) {
      step()
      await files.writeLastSigned(note)
      step()
    },
  },
  everyMs: 3_600_000,
  onProblem: (problem, error) => console.error(problem, error),
})
await log.settled()
await log.close()
console.log('done')
