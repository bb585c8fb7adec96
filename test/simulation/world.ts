import { AsyncLocalStorage } from 'node:async_hooks'
import { createRandom, hash, type Random } from './random.ts'

const realSetImmediate = setImmediate

/** Something that will happen at a virtual time. */
export type Task = { atMs: number; order: number; isCancelled: boolean }

type Scheduled = Task & {
  label: string
  owner: SimulatedProcess | undefined
  run: () => void | Promise<void>
}

/** Thrown into a process that is dead, so that it does nothing more; whoever catches it meets it again. */
export class KilledError extends Error {
  override name = 'KilledError'
}

/** A host with a wall clock of its own. */
export type Machine = { name: string; clockOffsetMs: number }

/** One run of a program. What it has begun goes on only while it lives. */
export class SimulatedProcess {
  readonly name: string
  readonly machine: Machine
  readonly random: Random
  readonly #onDeath: (() => void)[] = []
  isAlive = true

  constructor(name: string, machine: Machine, random: Random) {
    this.name = name
    this.machine = machine
    this.random = random
  }

  onDeath(run: () => void): void {
    this.#onDeath.push(run)
  }

  kill(): void {
    if (!this.isAlive) return
    this.isAlive = false
    for (const run of this.#onDeath.splice(0)) run()
  }
}

const current = new AsyncLocalStorage<{ world: World; process: SimulatedProcess }>()

/** The process whose code runs now; undefined outside of a simulation. */
export function runningIn(): { world: World; process: SimulatedProcess } | undefined {
  return current.getStore()
}

/** Code of the simulator itself, called by the code of a process. */
export function outside<Result>(run: () => Result): Result {
  return current.exit(run)
}

/**
 * Virtual time, and everything that is to happen in it. One task runs at a time, and after it everything that follows
 * without waiting; so a seed determines the run.
 */
export class World {
  readonly random: Random
  readonly faults = new Map<string, number>()
  readonly problems: string[] = []
  /** Wall clock at the beginning. */
  readonly startMs: number
  /** Since the beginning. */
  nowMs = 0
  steps = 0
  /** Of all that happened, with its time. */
  traceHash = 0
  onTrace: ((line: string) => void) | undefined
  #order = 0
  readonly #heap: Scheduled[] = []

  constructor(seed: string, startMs: number) {
    this.random = createRandom(seed)
    this.startMs = startMs
  }

  process(name: string, machine: Machine): SimulatedProcess {
    return new SimulatedProcess(name, machine, this.random.fork(`${name} ${this.#order}`))
  }

  wallClockMs(machine: Machine): number {
    return this.startMs + this.nowMs + machine.clockOffsetMs
  }

  /** @param owner does it; nothing happens where it is dead by then. */
  schedule(label: string, delayMs: number, run: () => void | Promise<void>, owner?: SimulatedProcess): Task {
    const atMs = this.nowMs + Math.max(0, delayMs)
    const task = { atMs, order: this.#order++, isCancelled: false, label, owner, run }
    push(this.#heap, task)
    return task
  }

  /** Runs code of a process now. */
  enter<Result>(process: SimulatedProcess, run: () => Result): Result {
    return current.run({ world: this, process }, run)
  }

  inject(fault: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1)
    this.onTrace?.(`${this.nowMs.toFixed(3)} ! ${fault}`)
  }

  /** @returns whether the condition was met before `limitMs` of virtual time. */
  async runUntil(limitMs: number, isDone: () => boolean = () => false): Promise<boolean> {
    while (!isDone()) {
      const task = pop(this.#heap)
      if (!task || task.atMs > limitMs) {
        if (task) push(this.#heap, task)
        this.nowMs = Math.max(this.nowMs, limitMs)
        return isDone()
      }
      if (task.isCancelled || task.owner?.isAlive === false) continue
      this.nowMs = Math.max(this.nowMs, task.atMs)
      this.steps++
      const line = `${this.nowMs.toFixed(3)} ${task.owner?.name ?? '-'} ${task.label}`
      this.traceHash = hash(line, this.traceHash)
      this.onTrace?.(line)
      try {
        if (task.owner) this.enter(task.owner, task.run)
        else await task.run()
      } catch (error) {
        this.noteError(task.owner?.name ?? 'simulator', error)
      }
      await new Promise<void>((resolve) => realSetImmediate(resolve))
    }
    return true
  }

  noteError(where: string, error: unknown): void {
    if (!(error instanceof KilledError)) this.problems.push(`${where}: ${(error as Error)?.stack ?? error}`)
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

function push(heap: Scheduled[], task: Scheduled): void {
  let at = heap.push(task) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(task, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = task
}

function pop(heap: Scheduled[]): Scheduled | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (!first || !last || heap.length === 0) return first
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
    if (!isBefore(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
  return first
}
