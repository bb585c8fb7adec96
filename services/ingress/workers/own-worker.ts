import { join } from 'node:path'

export const workerOption = '--worker'

/** Which worker this process is, from 1 on; undefined for one that is the whole ingress, or that starts the workers. */
export function ownWorkerNumber(): number | undefined {
  const at = process.argv.indexOf(workerOption)
  return at < 0 ? undefined : Number(process.argv[at + 1])
}

/** Where a worker has its journal and its name. The first one has them where a single process has them. */
export function directoryOfWorker(ingressDirectory: string, worker = 1): string {
  return worker === 1 ? ingressDirectory : join(ingressDirectory, `worker-${worker}`)
}
