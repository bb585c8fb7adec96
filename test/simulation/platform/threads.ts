import { EventEmitter } from 'node:events'
import threads from 'node:worker_threads'
import { runningIn, type SimulatedProcess, type World } from '../world.ts'

/** What runs in a thread: the function that its entry calls. */
export type ThreadMain = (
  port: EventEmitter & { postMessage(message: unknown): void },
  data: unknown,
  exit: () => void,
) => unknown

const mains = new Map<string, ThreadMain>()

/** @param entry the end of its path. */
export function addThread(entry: string, main: ThreadMain): void {
  mains.set(entry, main)
}

/** A worker thread of a simulated process: in this thread, with copies of the messages, and it may die alone. */
class SimulatedWorker extends EventEmitter {
  readonly #world: World
  readonly #parent: SimulatedProcess
  readonly #thread: SimulatedProcess
  readonly #port: EventEmitter & { postMessage(message: unknown): void }

  constructor(world: World, parent: SimulatedProcess, main: ThreadMain, data: unknown) {
    super()
    this.#world = world
    this.#parent = parent
    this.#thread = world.process(`${parent.name}/thread`, parent.machine)
    parent.onDeath(() => this.#thread.kill())
    workers.add(this)
    this.#thread.onDeath(() => workers.delete(this))
    this.#port = Object.assign(new EventEmitter(), {
      postMessage: (message: unknown) => this.#deliver(this, this.#parent, message),
    })
    const copy = copied(data)
    world.schedule(
      'thread starts',
      5,
      () => void main(this.#port, copy, () => this.terminate()),
      this.#thread,
    )
  }

  get process(): SimulatedProcess {
    return this.#thread
  }

  postMessage(message: unknown): void {
    this.#deliver(this.#port, this.#thread, message)
  }

  /** The thread ends by itself, as by `process.exit()`, or is ended. */
  terminate(): void {
    this.#thread.kill()
    this.#world.schedule('thread ended', 0.1, () => void this.emit('exit', 0), this.#parent)
  }

  fail(): void {
    this.#thread.kill()
    this.#world.schedule(
      'thread failed',
      0.1,
      () => {
        this.emit('error', new Error('simulated: the thread is out of memory'))
        this.emit('exit', 1)
      },
      this.#parent,
    )
  }

  unref(): void {}

  #deliver(to: EventEmitter, owner: SimulatedProcess, message: unknown): void {
    const copy = copied(message)
    this.#world.schedule('message', 0.02, () => void to.emit('message', copy), owner)
  }
}

/** As between threads; but a shared buffer stays one object, by which its waiters are found. */
function copied(value: unknown): unknown {
  if (value instanceof SharedArrayBuffer || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]))
}

const workers = new Set<SimulatedWorker>()

/** One of the threads of a process fails; false where it has none. */
export function failThread(parent: SimulatedProcess): boolean {
  const worker = [...workers].find(
    ({ process }) => process.isAlive && process.name === `${parent.name}/thread`,
  )
  worker?.fail()
  return worker !== undefined
}

export function installThreads(): void {
  const RealWorker = threads.Worker
  function StartWorker(entry: URL, options: { workerData: unknown }) {
    const at = runningIn()
    if (!at) return new RealWorker(entry, options)
    const main = [...mains].find(([path]) => entry.pathname.endsWith(path))?.[1]
    if (!main) throw new Error(`No thread ${entry} is known to the simulation`)
    return new SimulatedWorker(at.world, at.process, main, options.workerData)
  }
  threads.Worker = StartWorker as unknown as typeof threads.Worker
}
