import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ApiError } from '@airs-cp/runtime'
import { policyBounds } from './policy-bounds.ts'
import type { ReadingTasks } from './reading-tasks.ts'

export type ReadingQuestion = { id: number; task: keyof ReadingTasks; parameters: unknown[] }
export type ReadingResult = {
  id: number
  value?: unknown
  refused?: { status: number; code: string; message: string; details: unknown }
  failed?: string
}

/** Reads, tries and compares policy documents without holding up anything else. */
export type PolicyReader = {
  [Task in keyof ReadingTasks]: (
    ...parameters: Parameters<ReadingTasks[Task]>
  ) => Promise<ReturnType<ReadingTasks[Task]>>
} & AsyncDisposable

type Waiting = { question: ReadingQuestion; resolve: (value: never) => void; reject: (error: Error) => void }

/**
 * A thread that does one task at a time, in the order in which they come. YAML takes long to read in the worst case, and
 * nobody can know before:
 *
 * | what happens                               | what the caller gets                     |
 * |--------------------------------------------|------------------------------------------|
 * | a task ends                                | its value, or what it has thrown         |
 * | a task takes longer than `timeoutMs`       | 400 `policy_too_complex`; a new thread   |
 * | more than `maxWaiting` wait                | 503 `busy`                               |
 * | the thread ends by itself                  | 400 `policy_too_complex`; a new thread   |
 */
export function createPolicyReader({ timeoutMs = 10_000, maxWaiting = 64 } = {}): PolicyReader {
  const line: Waiting[] = []
  let worker: Worker | undefined
  let current: Waiting | undefined
  let timer: NodeJS.Timeout | undefined
  let isReady = false
  let lastId = 0
  let isClosed = false

  function start(): Worker {
    const { NODE_COMPILE_CACHE } = process.env
    const started = new Worker(join(import.meta.dirname, 'reading-worker.ts'), {
      env: NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {},
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    })
    started.unref()
    isReady = false
    started.on('message', (message: 'ready' | ReadingResult) => {
      if (started !== worker) return
      if (message === 'ready') {
        isReady = true
        next()
      } else take(message)
    })
    started.on('error', () => giveUp(started))
    started.on('exit', () => giveUp(started))
    return started
  }

  function next(): void {
    if (current || isClosed || line.length === 0) return
    worker ??= start()
    if (!isReady) return
    current = line.shift()!
    const running = worker
    timer = setTimeout(() => giveUp(running), timeoutMs)
    worker.postMessage(current.question)
  }

  function take({ id, value, refused, failed }: ReadingResult): void {
    if (current?.question.id !== id) return
    const { resolve, reject } = current
    clearTimeout(timer)
    current = undefined
    if (refused) reject(new ApiError(refused.status, refused.code, refused.message, refused.details))
    else if (failed !== undefined) reject(new Error(`policies cannot be read: ${failed}`))
    else resolve(value as never)
    next()
  }

  function giveUp(ended: Worker): void {
    if (ended !== worker) return
    worker = undefined
    clearTimeout(timer)
    void ended.terminate()
    // One that cannot even start takes the first that waits with it, so that nobody waits for ever.
    const asked = current ?? (isReady ? undefined : line.shift())
    current = undefined
    if (asked)
      asked.reject(
        new ApiError(
          400,
          'policy_too_complex',
          `These policies take longer than ${timeoutMs / 1_000} s to read, or too much memory. Nothing was changed; make them smaller`,
        ),
      )
    next()
  }

  const ask =
    <Task extends keyof ReadingTasks>(task: Task) =>
    (...parameters: Parameters<ReadingTasks[Task]>): Promise<ReturnType<ReadingTasks[Task]>> => {
      if (line.length >= maxWaiting)
        return Promise.reject(
          new ApiError(503, 'busy', 'Too many policies are being read at the moment; try again'),
        )
      lastId += 1
      const { promise, resolve, reject } = Promise.withResolvers<never>()
      line.push({ question: { id: lastId, task, parameters }, resolve, reject })
      next()
      return promise
    }

  return {
    async read(yaml, as) {
      if (as === 'given') policyBounds(yaml)
      return ask('read')(yaml, as)
    },
    async tryOut(yaml) {
      policyBounds(yaml)
      return ask('tryOut')(yaml)
    },
    compile: ask('compile'),
    diff: ask('diff'),
    facts: ask('facts'),
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(timer)
      const ended = worker
      worker = undefined
      const closing = new Error('the policy service is stopping')
      for (const { reject } of [...(current ? [current] : []), ...line.splice(0)]) reject(closing)
      await ended?.terminate()
    },
  }
}
