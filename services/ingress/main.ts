import { runService } from '@airs-cp/runtime'
import { readIngressConfig } from './config.ts'
import { startIngress } from './ingress.ts'
import { ownWorkerNumber } from './workers/own-worker.ts'
import { reportStarted } from './workers/reports.ts'
import { startWorkers } from './workers/worker-group.ts'

await runService('ingress', async ({ env, log }) => {
  const worker = ownWorkerNumber()
  const config = readIngressConfig(env, worker)
  if (config.workers > 1 && worker === undefined) return startWorkers(config, log)
  const ingress = await startIngress(config, log)
  reportStarted()
  return ingress
})
