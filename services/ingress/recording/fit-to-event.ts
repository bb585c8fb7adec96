import { fitData, maxEventBytes, type RecordedBody } from '@airs-cp/events'
import { fitsInto } from './write-event.ts'

/** An event has more than its data: names from headers, of a few hundred characters each. */
const envelopeBytes = 32 * 1024
const mostDataBytes = maxEventBytes - envelopeBytes
/** Data with more findings is not recorded whole: to write it down would take seconds. */
const mostFindings = 50_000

/**
 * The JSON of an event's data, as it fits into one. Data that is too large is cut, and with `recordWhole` recorded
 * whole by reference beside it, so that the record of a bulk leak has every finding.
 */
export function fitToEvent(data: object): string
export function fitToEvent(
  data: object,
  recordWhole: (json: Buffer) => RecordedBody | Promise<RecordedBody>,
): string | Promise<string>
export function fitToEvent(
  data: object,
  recordWhole?: (json: Buffer) => RecordedBody | Promise<RecordedBody>,
): string | Promise<string> {
  if (countFindings(data) > mostFindings) return JSON.stringify(fitData(data, mostDataBytes))
  const json = JSON.stringify(data)
  if (fitsInto(json, mostDataBytes)) return json
  const fit = (whole?: RecordedBody) =>
    JSON.stringify(fitData({ ...data, ...(whole && { whole }) }, mostDataBytes))
  const whole = recordWhole?.(Buffer.from(json))
  return whole instanceof Promise ? whole.then(fit) : fit(whole)
}

function countFindings(data: object): number {
  const { decision } = data as { decision?: { findings: unknown[] } }
  return decision?.findings.length ?? 0
}
