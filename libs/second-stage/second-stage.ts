import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { ClassifierSettings, FromClassifier, ToClassifier } from './messages.ts'

export type SecondStageOptions = ClassifierSettings & {
  onState?: (state: SecondStageState) => void
}

/**
 * | state      | passages         | goes on to                                                       |
 * |------------|------------------|------------------------------------------------------------------|
 * | `loading`  | are refused      | `loaded`, `unusable` (a file or package is wrong), `restarting`  |
 * | `loaded`   | are judged       | `restarting`, when its process ends or a passage takes too long  |
 * | `restarting` | are refused    | `loading`, after a pause that grows                              |
 * | `unusable` | are refused      | nothing: what is wrong must be mended, and the ingress restarted |
 */
export type SecondStageState =
  | { kind: 'loading' }
  | { kind: 'loaded'; model: string; loadMs: number }
  | { kind: 'restarting'; message: string }
  | { kind: 'unusable'; message: string }

export type Opinion = { confidence: number } | { refused: 'timeout' | 'busy' | 'unavailable' }

export type SecondStage = AsyncDisposable & {
  state(): SecondStageState
  /** Of the model; undefined until it has been loaded. */
  model(): string | undefined
  /** What it has said about the same passage before. */
  known(passage: string): number | undefined
  /**
   * Judges a passage; of those that wait, the urgent ones first. It neither throws nor waits longer than `withinMs`, after which
   * a passage that was not begun is dropped.
   */
  judge(passage: string, options: { isUrgent: boolean; withinMs: number }): Promise<Opinion>
  counts(): Readonly<SecondStageCounts>
  waiting(): number
  /** Ends its process, which is started again. */
  kill(signal: NodeJS.Signals): void
}

export type SecondStageCounts = Record<'judged' | 'remembered' | 'timeout' | 'busy' | 'unavailable', number>

type Job = {
  passage: string
  key: string
  isUrgent: boolean
  settle: (opinion: Opinion) => void
  isOver: boolean
}

/** More passages do not wait: a model takes some 20 to 100 ms for each. */
const mostWaiting = 64
/** Of each of two generations; the older one is dropped when the newer one is full. */
const mostRemembered = 10_000
/** Longer than any passage takes on a machine that does anything at all. */
const hungMs = 30_000
const firstPauseMs = 1_000
const longestPauseMs = 60_000

/** Starts the process that has the model. It is not waited for: until it is loaded, passages are refused as `unavailable`. */
export function startSecondStage({ onState = () => {}, ...settings }: SecondStageOptions): SecondStage {
  const counts: SecondStageCounts = { judged: 0, remembered: 0, timeout: 0, busy: 0, unavailable: 0 }
  let recent = new Map<string, number>()
  let older = new Map<string, number>()
  let state: SecondStageState = { kind: 'loading' }
  let model: string | undefined
  let child: ChildProcess | undefined
  let queue: Job[] = []
  let current: { id: number; job: Job; timer: NodeJS.Timeout } | undefined
  let lastId = 0
  let pauseMs = firstPauseMs
  let restart: NodeJS.Timeout | undefined
  let isClosed = false

  function become(next: SecondStageState): void {
    state = next
    if (next.kind === 'loaded') model = next.model
    onState(next)
  }

  function start(): void {
    if (isClosed) return
    become({ kind: 'loading' })
    // Nothing of this process's environment, which has credentials.
    const started = fork(join(import.meta.dirname, 'classifier-process.ts'), [JSON.stringify(settings)], {
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    child = started
    started.unref()
    started.channel?.unref()
    started.on('message', (message) => receive(message as FromClassifier))
    started.once('error', (error) => ended(started, error.message))
    started.once('exit', (code, signal) => ended(started, `its process ended (${signal ?? code})`))
  }

  function ended(which: ChildProcess, message: string): void {
    if (child !== which) return
    child = undefined
    refuseAll()
    if (isClosed || state.kind === 'unusable') return
    become({ kind: 'restarting', message })
    restart = setTimeout(start, pauseMs)
    restart.unref()
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs)
  }

  function receive(message: FromClassifier): void {
    if (message.kind === 'loaded') become(message)
    else if (message.kind === 'unusable') {
      become(message)
      child?.kill('SIGKILL')
    } else settleCurrent(message)
  }

  function settleCurrent(message: Extract<FromClassifier, { id: number }>): void {
    if (current?.id !== message.id) return
    const { job, timer } = current
    current = undefined
    clearTimeout(timer)
    if (message.kind === 'judged') {
      pauseMs = firstPauseMs
      remember(job.key, message.confidence)
      job.settle({ confidence: message.confidence })
    } else job.settle({ refused: 'unavailable' })
    next()
  }

  function remember(key: string, confidence: number): void {
    if (recent.size >= mostRemembered) {
      older = recent
      recent = new Map()
    }
    recent.set(key, confidence)
  }

  function next(): void {
    if (current || state.kind !== 'loaded' || !child?.connected) return
    queue = queue.filter((job) => !job.isOver)
    const at = Math.max(
      0,
      queue.findIndex((job) => job.isUrgent),
    )
    const [job] = queue.splice(at, 1)
    if (!job) return
    const id = ++lastId
    const hung = child
    const timer = setTimeout(() => hung.kill('SIGKILL'), hungMs)
    timer.unref()
    current = { id, job, timer }
    child.send({ id, passage: job.passage } satisfies ToClassifier)
  }

  function refuseAll(): void {
    const open = current ? [current.job, ...queue] : queue
    if (current) clearTimeout(current.timer)
    current = undefined
    queue = []
    for (const job of open) job.settle({ refused: 'unavailable' })
  }

  const recall = (key: string) => recent.get(key) ?? older.get(key)
  const keyOf = (passage: string) => createHash('sha256').update(passage).digest('base64')

  start()
  return {
    state: () => state,
    model: () => model,
    known: (passage) => recall(keyOf(passage)),
    judge(passage, { isUrgent, withinMs }) {
      const key = keyOf(passage)
      const known = recall(key)
      if (known !== undefined) {
        counts.remembered++
        return Promise.resolve({ confidence: known })
      }
      const refused =
        state.kind !== 'loaded' ? 'unavailable' : queue.length >= mostWaiting ? 'busy' : undefined
      if (refused) {
        counts[refused]++
        return Promise.resolve({ refused })
      }
      const { promise, resolve } = Promise.withResolvers<Opinion>()
      const job: Job = { passage, key, isUrgent, isOver: false, settle }
      const timer = setTimeout(() => settle({ refused: 'timeout' }), withinMs)
      function settle(opinion: Opinion): void {
        if (job.isOver) return
        job.isOver = true
        clearTimeout(timer)
        counts['refused' in opinion ? opinion.refused : 'judged']++
        resolve(opinion)
      }
      queue.push(job)
      next()
      return promise
    },
    counts: () => counts,
    kill: (signal) => void child?.kill(signal),
    waiting: () => queue.length + (current ? 1 : 0),
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(restart)
      const open = child
      child = undefined
      refuseAll()
      if (!open || open.exitCode !== null || open.signalCode !== null) return
      const { promise, resolve } = Promise.withResolvers<void>()
      open.once('exit', () => resolve())
      open.ref()
      open.kill('SIGKILL')
      await promise
    },
  }
}
