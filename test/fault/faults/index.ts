import type { Fault } from '../fault.ts'
import { bestEffort } from './best-effort.ts'
import { silenceNats, stopNats } from './cut-nats.ts'
import { fillDisk } from './full-disk.ts'
import { reachLimit } from './journal-limit.ts'
import { kill } from './kill.ts'
import { killExportWorker } from './kill-export-worker.ts'
import { loseStore } from './lose-store.ts'
import { readOnly } from './read-only.ts'
import { redeliver, reorder } from './redeliver.ts'
import { loseIngressDisk, unreplicated } from './replicated.ts'
import { stopIngress } from './stop-ingress.ts'

export const faults: readonly Fault[] = [
  kill('ingress'),
  kill('nats'),
  kill('postgres'),
  kill('audit'),
  kill('lineage'),
  killExportWorker,
  stopIngress,
  silenceNats,
  stopNats,
  loseStore,
  redeliver,
  reorder,
  reachLimit,
  fillDisk,
  readOnly,
  unreplicated,
  loseIngressDisk,
  bestEffort,
]
