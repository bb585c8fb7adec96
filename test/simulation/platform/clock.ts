import { performance } from 'node:perf_hooks'
import timers from 'node:timers/promises'
import { runningIn, type SimulatedProcess, type Task, type World } from '../world.ts'

class VirtualTimer {
  readonly #world: World
  readonly #process: SimulatedProcess
  readonly #run: () => void
  readonly #delayMs: number
  readonly #everyMs: number | undefined
  #task: Task

  constructor(
    world: World,
    process: SimulatedProcess,
    run: () => void,
    delayMs: number,
    everyMs: number | undefined,
  ) {
    this.#world = world
    this.#process = process
    this.#run = run
    this.#delayMs = delayMs
    this.#everyMs = everyMs
    this.#task = this.#schedule()
  }

  #schedule(): Task {
    return this.#world.schedule(
      'timer',
      this.#delayMs,
      () => {
        if (this.#everyMs !== undefined) this.#task = this.#schedule()
        this.#run()
      },
      this.#process,
    )
  }

  cancel(): void {
    this.#task.isCancelled = true
  }

  refresh(): this {
    this.cancel()
    this.#task = this.#schedule()
    return this
  }

  ref = () => this
  unref = () => this
  hasRef = () => true
  close = () => this.cancel();

  [Symbol.dispose](): void {
    this.cancel()
  }
}

type Callback = (...given: unknown[]) => void

/** Timers of simulated processes run in virtual time, and their clocks show it; for everybody else nothing changes. */
export function installClock(): void {
  const real = { setTimeout, setInterval, setImmediate, clearTimeout, Date }
  const cancel = (timer: unknown): boolean => {
    if (timer instanceof VirtualTimer) timer.cancel()
    return timer instanceof VirtualTimer
  }
  const scope = globalThis as unknown as Record<string, unknown>
  scope.setTimeout = Object.assign((run: Callback, delayMs = 0, ...given: unknown[]) => {
    const at = runningIn()
    if (!at) return real.setTimeout(run, delayMs, ...given)
    // Node's timers are never early.
    const lateMs = at.world.random.fraction()
    return new VirtualTimer(
      at.world,
      at.process,
      () => run(...given),
      Math.max(1, delayMs) + lateMs,
      undefined,
    )
  }, real.setTimeout)
  scope.setInterval = (run: Callback, everyMs = 0, ...given: unknown[]) => {
    const at = runningIn()
    if (!at) return real.setInterval(run, everyMs, ...given)
    return new VirtualTimer(at.world, at.process, () => run(...given), Math.max(1, everyMs), everyMs)
  }
  scope.setImmediate = Object.assign((run: Callback, ...given: unknown[]) => {
    const at = runningIn()
    if (!at) return real.setImmediate(run, ...given)
    return new VirtualTimer(at.world, at.process, () => run(...given), 0, undefined)
  }, real.setImmediate)
  for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate'] as const) {
    const clear = globalThis[name] as (timer: unknown) => void
    scope[name] = (timer: unknown) => {
      if (!cancel(timer)) clear(timer)
    }
  }

  const realSleep = timers.setTimeout
  timers.setTimeout = (<Value>(delayMs = 0, value?: Value, options?: { signal?: AbortSignal }) => {
    const at = runningIn()
    if (!at) return realSleep(delayMs, value, options)
    return new Promise<Value | undefined>((resolve, reject) => {
      const timer = setTimeout(() => resolve(value), delayMs)
      options?.signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(options.signal!.reason)
      })
    })
  }) as typeof timers.setTimeout

  const realNow = performance.now.bind(performance)
  performance.now = () => {
    const at = runningIn()
    return at ? at.world.nowMs : realNow()
  }

  class VirtualDate extends real.Date {
    constructor(...given: []) {
      const at = given.length === 0 ? runningIn() : undefined
      if (at) super(Math.floor(at.world.wallClockMs(at.process.machine)))
      else super(...given)
    }

    static override now(): number {
      const at = runningIn()
      return at ? Math.floor(at.world.wallClockMs(at.process.machine)) : real.Date.now()
    }

    static override [Symbol.hasInstance](value: unknown): boolean {
      return Object.prototype.toString.call(value) === '[object Date]'
    }
  }
  scope.Date = VirtualDate
}
