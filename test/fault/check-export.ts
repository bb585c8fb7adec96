import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { sha256Hex, trafficSchemas } from '@airs-cp/events'
import { call, json, requestExport, waitForExport } from './control-api.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { readRecorded } from './read-recorded.ts'
import type { World } from './world.ts'

/** Exports what was recorded since some moment and compares it, line by line, with what Postgres holds. */
export async function checkExport(world: World, sinceMs: number): Promise<string[]> {
  try {
    const id = await requestExport(world, new Date(sinceMs).toISOString())
    await waitForExport(world, id)
    return await compareExport(world, id, sinceMs)
  } catch (error) {
    return [`cannot be exported: ${(error as Error).message}`]
  }
}

export async function compareExport(world: World, id: string, sinceMs: number): Promise<string[]> {
  const seen = new Set<string>()
  const unknown: string[] = []
  const problems: string[] = []
  const recordedBefore = [...world.ledger.events]
  const { rows, sha256 } = await json<{ rows: number; sha256: string }>(world, 'GET', `/v1/exports/${id}`)
  const digest = await readLines(world, id, (line) => {
    const { id: eventId, type } = JSON.parse(line) as { id: string; type: string }
    if (seen.has(eventId)) problems.push(`event ${eventId} is exported twice`)
    seen.add(eventId)
    const recorded = world.ledger.events.get(eventId)
    if (recorded && recorded.digest !== sha256Hex(line))
      problems.push(`event ${eventId} is exported with other bytes`)
    if (!recorded && isTraffic(type)) unknown.push(eventId)
  })
  // The audit service may have given up on an open exchange meanwhile, and recorded that.
  if (unknown.length > 0) await readRecorded(world)
  for (const eventId of unknown)
    if (!world.ledger.events.has(eventId)) problems.push(`event ${eventId} is exported and not recorded`)
  if (digest !== sha256) problems.push(`export ${id} has digest ${digest}, and was announced with ${sha256}`)
  if (seen.size !== rows)
    problems.push(`export ${id} has ${seen.size} events, and was announced with ${rows}`)
  for (const [eventId, { timeMs, type }] of recordedBefore)
    if (timeMs >= sinceMs && isTraffic(type) && !seen.has(eventId))
      problems.push(`event ${eventId} (${type}) is not exported`)
  return problems.slice(0, 5)
}

/** Reads an export of everything as somebody would who has nothing else. */
export async function readWholeExport(world: World): Promise<Ledger> {
  const id = await requestExport(world)
  await waitForExport(world, id)
  const ledger = createLedger()
  await readLines(world, id, ledger.add)
  ledger.complete()
  return ledger
}

/** The digest of all lines. */
async function readLines(world: World, id: string, onLine: (line: string) => void): Promise<string> {
  const response = await call(world, 'GET', `/v1/exports/${id}/download`)
  const hash = createHash('sha256')
  const lines = createInterface({
    input: Readable.fromWeb(response.body!),
    crlfDelay: Number.POSITIVE_INFINITY,
  })
  for await (const line of lines) {
    hash.update(`${line}\n`)
    onLine(line)
  }
  return hash.digest('hex')
}

/** Events of the control plane go on while an export is made. */
function isTraffic(type: string): boolean {
  return type in trafficSchemas
}
