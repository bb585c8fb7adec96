import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** In the environment of a process whose held memory is measured: its inspector listens on a free port of this machine. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' }

export type HeldMemory = {
  /** Bytes that the process's main thread holds after a collection: what V8 lets lie is not counted. */
  bytes: () => Promise<number>
  close: () => void
}

/** @param logFile where the process writes its standard error, which names the inspector's address. */
export async function watchHeldMemory(logFile: string): Promise<HeldMemory> {
  const address = /Debugger listening on (ws:\S+)/.exec(readFileSync(logFile, 'utf8'))
  if (address === null)
    throw new Error(`${logFile} names no inspector: start the process with ${inspectable.NODE_OPTIONS}`)
  const socket = new WebSocket(address[1]!)
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  await once(socket, 'open')
  let last = 0
  const ask = (method: string, params = {}): Promise<Answer> =>
    new Promise((resolve) => {
      waiting.set(++last, resolve)
      socket.send(JSON.stringify({ id: last, method, params }))
    })
  const evaluate = async (expression: string) => {
    const { result } = await ask('Runtime.evaluate', { expression, returnByValue: true })
    return result!.result.value
  }
  await evaluate(exposeCollection)
  return {
    bytes: () => evaluate(heldNow),
    close: () => socket.close(),
  }
}

const exposeCollection = `process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc')
  globalThis.collectForTest = process.getBuiltinModule('node:vm').runInNewContext('gc')`
/** In one turn, before anything else happens. The first collection's buffers are freed beside the program, and at the latest by the second. */
const heldNow = `collectForTest(), collectForTest(), (({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())`

type Answer = { id: number; result?: { result: { value: number } } }

/** A collection holds the process for some 30 ms. */
const betweenMs = 150

/** How far the held memory rises above where it was, while something is done. */
export async function heldGrowthBytes({ bytes }: HeldMemory, work: () => Promise<void>): Promise<number> {
  const before = await bytes()
  let most = before
  let isDone = false
  const watching = (async () => {
    while (!isDone) {
      most = Math.max(most, await bytes())
      await setTimeout(betweenMs)
    }
  })()
  try {
    await work()
  } finally {
    isDone = true
    await watching
  }
  return most - before
}
