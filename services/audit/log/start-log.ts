import { readFile } from 'node:fs/promises'
import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes } from '@airs-cp/events'
import { ConfigError, type Logger, logRecoveries, type Metrics } from '@airs-cp/runtime'
import { parseWitnessPolicy } from '@airs-cp/transparency-log'
import type { Kysely } from 'kysely'
import type { AuditConfig } from '../config.ts'
import { anchorInBucket } from './anchor-in-bucket.ts'
import { anchorAtWebhook, anchorInFile } from './anchors.ts'
import { createWitnessClient } from './ask-witnesses.ts'
import { openLogFiles } from './log-files.ts'
import { observeLog } from './metrics.ts'
import { cannotGoOn, runLog, type TransparencyLog } from './run-log.ts'
import type { LogTables } from './tables.ts'

/** The log by its configuration. Its problems are events, so that alerts go out. @throws ConfigError */
export async function startLog({
  config,
  bus,
  database,
  metrics,
  log,
}: {
  config: AuditConfig
  bus: Bus
  database: Kysely<LogTables>
  metrics: Metrics
  log: Logger
}): Promise<TransparencyLog> {
  const { directory, origin, withMlDsa, witnessPolicyFile, anchors } = config.log
  const reports = logRecoveries(log)
  let lastProblem: string | undefined

  async function announce(problem: string | null): Promise<void> {
    const type = problem === null ? eventTypes.logProblemSolved : eventTypes.logProblemFound
    const subject = problem ?? lastProblem
    if (problem !== null) log.error({ problem }, 'the transparency log has a problem')
    else {
      if (lastProblem !== undefined) log.warn({ problem: lastProblem }, 'recovered')
      reports.onRecovery(cannotGoOn)
    }
    lastProblem = problem ?? undefined
    if (subject === undefined || bus.isClosed()) return
    await appendControlEvent(bus, '/airs/audit', type, {
      origin: running.status().origin,
      problem: subject,
    }).catch((error) => reports.onProblem('cannot record a problem of the log', error))
  }

  const running = runLog({
    database,
    files: openLogFiles(directory),
    origin,
    withMlDsa,
    witnesses: witnessPolicyFile ? createWitnessClient(await readPolicy(witnessPolicyFile)) : undefined,
    anchors: [
      ...(anchors.file ? [anchorInFile(anchors.file)] : []),
      ...(anchors.bucket ? [anchorInBucket(anchors.bucket, anchors.everyMs)] : []),
      ...(anchors.url ? [anchorAtWebhook(anchors.url, anchors.everyMs)] : []),
    ],
    onProblem: reports.onProblem,
    onTurn: (problem) => void announce(problem),
  })
  observeLog(metrics.meter, database, running)
  return running
}

async function readPolicy(file: string) {
  try {
    return parseWitnessPolicy(await readFile(file, 'utf8'))
  } catch (error) {
    throw new ConfigError(`AIRS_WITNESS_POLICY_FILE (${file}): ${(error as Error).message}`)
  }
}
