import { z } from 'zod'
import type { Manifest } from './manifest.ts'
import type { TalliedRow } from './tally.ts'

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not a time')

const eventRow = z
  .looseObject({
    id: z.string(),
    time,
    type: z.string(),
    journal: z.string().optional(),
    sequence: z.int().positive().optional(),
  })
  .transform(({ id, time, type, journal, sequence }) => ({ id, time, label: type, journal, sequence }))

const sessionRow = z
  .looseObject({ session: z.string(), startedAt: time })
  .transform(({ session, startedAt }) => ({ id: session, time: startedAt, label: 'session' }))

const decisionRow = z
  .looseObject({ event: z.string(), time, decision: z.looseObject({ action: z.string() }) })
  .transform(({ event, time, decision }) => ({ id: event, time, label: decision.action }))

const schemas: Record<Manifest['kind'], z.ZodType<TalliedRow>> = {
  events: eventRow,
  sessions: sessionRow,
  decisions: decisionRow,
}

/** What is counted of a line of JSONL, and all its members. @throws when it is not a row of that kind. */
export function readRow(kind: Manifest['kind'], line: Buffer): TalliedRow & { members: unknown } {
  const members: unknown = JSON.parse(line.toString('utf8'))
  return { ...schemas[kind].parse(members), members }
}
