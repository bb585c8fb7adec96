import { type Machine, outside, type SimulatedProcess, type World } from './world.ts'

/** A program that is started again whenever it ends. */
export class Program<Running> {
  process: SimulatedProcess | undefined
  running: Running | undefined
  starts = 0
  readonly name: string
  readonly machine: Machine
  readonly #world: World
  readonly #main: () => Promise<Running>

  constructor(world: World, name: string, machine: Machine, main: () => Promise<Running>) {
    this.#world = world
    this.name = name
    this.machine = machine
    this.#main = main
  }

  get isRunning(): boolean {
    return this.process?.isAlive === true && this.running !== undefined
  }

  start(): void {
    if (this.process?.isAlive) return
    const process = outside(() => this.#world.process(this.name, this.machine))
    this.process = process
    this.running = undefined
    this.starts++
    this.#world.schedule(
      'starts',
      0,
      () => {
        this.#main().then(
          (running) => {
            this.running = running
          },
          (error) => {
            if (/simulat/i.test(String(error?.message)) && !error?.code)
              this.#world.noteError(this.name, error)
            this.#world.onTrace?.(`${this.name} ends: ${error}`)
            this.end(1_000)
          },
        )
      },
      process,
    )
  }

  /** Ends it as `kill -9` does, and starts it again later. */
  end(restartAfterMs: number): void {
    const { process } = this
    this.running = undefined
    process?.kill()
    this.#world.schedule('restart', restartAfterMs, () => {
      if (this.process === process) this.start()
    })
  }
}
