import { parentPort } from 'node:worker_threads'
import { ApiError } from '@airs-cp/runtime'
import type { ReadingQuestion, ReadingResult } from './policy-reader.ts'
import { readingTasks } from './reading-tasks.ts'

const port = parentPort!

port.on('message', ({ id, task, parameters }: ReadingQuestion) => {
  port.postMessage({ id, ...done(task, parameters) } satisfies ReadingResult)
})
port.postMessage('ready')

function done(task: ReadingQuestion['task'], parameters: unknown[]) {
  try {
    return { value: (readingTasks[task] as (...parameters: unknown[]) => unknown)(...parameters) }
  } catch (error) {
    const { message } = error as Error
    return error instanceof ApiError
      ? { refused: { status: error.status, code: error.code, message, details: error.details } }
      : { failed: message }
  }
}
