import type { JournalReport } from '@airs-cp/journal'
import type { Logger } from '@airs-cp/runtime'
import type { ShipperReport } from './shipper.ts'

type Report = JournalReport | ShipperReport
type Kind = Report['kind']

const faults: ReadonlySet<Kind> = new Set<Kind>([
  'damage',
  'disconnected',
  'torn-tail',
  'epoch-sealed',
  'file-system-untrusted',
  'lock-lost',
  'publish-failed',
  'unshippable',
  'progress-refused',
  'worker-failed',
])
/** What ends a fault. */
const recoveries: Partial<Record<Kind, Kind>> = {
  connected: 'disconnected',
  'epoch-opened': 'epoch-sealed',
  'publish-recovered': 'publish-failed',
}

/** Logs what the journal and the shipper report: faults as warnings, and likewise what ends one that was logged. */
export function logReports(log: Logger): (report: Report) => void {
  const lasting = new Set<Kind>()
  return (report) => {
    const ended = recoveries[report.kind]
    if (ended !== undefined && lasting.delete(ended)) log.warn({ report, problem: ended }, 'recovered')
    else log[faults.has(report.kind) ? 'warn' : 'info']({ report }, report.kind)
    if (faults.has(report.kind)) lasting.add(report.kind)
  }
}
