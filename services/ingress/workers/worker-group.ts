import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type Logger, listen, type Running, running } from '@airs-cp/runtime'
import { workerOption } from './own-worker.ts'
import { collectReports } from './reports.ts'

const restartAfterMs = 1_000
/** Longer than a worker needs to end its exchanges and to ship what it has recorded. */
const graceMs = 20_000

/**
 * Runs this program several times more, as workers that share the port. Each accepts its connections itself, so that one
 * that dies takes no connection with it that another could serve. A worker that ends by itself is started again; what it
 * had recorded is in its journal.
 * @throws when the port is taken, or when a worker does not start; it has said why.
 */
export async function startWorkers(
  {
    workers: count,
    host,
    port,
    drainTimeoutMs,
  }: { workers: number; host: string; port: number; drainTimeoutMs: number },
  log: Logger,
): Promise<Running> {
  // Who may share a port does not see that it is taken.
  const tried = await listen((_, response) => response.destroy(), { host, port })
  await tried.close(0)
  await using stack = new AsyncDisposableStack()
  const workers: ChildProcess[] = []
  let isClosing = false
  const report = collectReports(() => workers)

  function start(number: number): ChildProcess {
    const worker = fork(process.argv[1]!, [workerOption, String(number)])
    workers[number - 1] = worker
    worker.on('message', (message) => void report(worker, message as Parameters<typeof report>[1]))
    return worker
  }

  function keep(number: number): void {
    workers[number - 1]!.once('exit', async (code, signal) => {
      if (isClosing) return
      log.error({ worker: number, code, signal }, 'worker ended; it is started again')
      await pause(restartAfterMs)
      if (isClosing) return
      start(number)
      keep(number)
    })
  }

  stack.defer(async () => {
    isClosing = true
    const open = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
    const ended = open.map((worker) => once(worker, 'exit'))
    for (const worker of open) worker.kill('SIGTERM')
    const timer = setTimeout(() => {
      for (const worker of open) worker.kill('SIGKILL')
    }, drainTimeoutMs + graceMs)
    await Promise.all(ended)
    clearTimeout(timer)
  })
  for (let number = 1; number <= count; number += 1) start(number)
  await Promise.all(workers.map((worker, index) => started(worker, index + 1)))
  for (let number = 1; number <= count; number += 1) keep(number)
  return running(stack)
}

async function started(worker: ChildProcess, number: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  worker.on('message', (message: { kind: string }) => message.kind === 'started' && resolve())
  worker.once('exit', () => reject(new Error(`worker ${number} did not start`)))
  await promise
}
