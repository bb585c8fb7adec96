import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { guard } from './guard.ts'
import { lastLines } from './log-file.ts'
import { crashLines } from './log-line.ts'

export type Command = {
  name: string
  file: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  cwd: string
  /** Run as this account instead of our own; only root may ask for it. */
  account?: { uid: number; gid: number }
  /** Asks it to finish what it has begun and to exit. */
  stopSignal: NodeJS.Signals
  /** Both of its outputs are appended here. */
  logPath: string
  /** Holds its process id, so that a later start finds what this one could not stop. */
  pidPath?: string
  /**
   * How it learns that we died without stopping it: a Node process sees its IPC channel disconnect, anything else
   * is sent the stop signal by a guard.
   */
  orphanedBy: 'ipc' | 'guard'
  /** Clears the way before each start. */
  prepare?: () => Promise<void>
}

/** The first crash in a row, and the one that makes it a loop. Those between and after say nothing new. */
export type SupervisorReport =
  | { kind: 'crashed'; name: string; how: string }
  | { kind: 'crash-loop'; name: string; how: string; crashes: number; lines: string[] }

/** For a person. */
export function describeReport(report: SupervisorReport): string {
  const { name, how } = report
  if (report.kind === 'crashed') return `${name} ${how}; starting it again.`
  return [
    `${name} ${how}, for the ${report.crashes}th time in a row; trying again every few seconds. Its last lines:`,
    ...report.lines.map((line) => `  ${line}`),
  ].join('\n')
}

export type SupervisedState = 'stopped' | 'running' | 'waiting' | 'stopping'

/** A run that lasted this long was no crash on starting: the count begins anew. */
const healthyMs = 10_000
const crashLimit = 5
const firstDelayMs = 100
const longestDelayMs = 5_000

/**
 * Keeps one process running until it is asked to stop.
 *
 * | state      | means                       | ends by                                              |
 * |------------|-----------------------------|------------------------------------------------------|
 * | `stopped`  | is not to run               | `start()`: running                                   |
 * | `running`  | runs                        | its exit: waiting; `stop()`: stopping                |
 * | `waiting`  | crashed, is to be restarted | the delay, doubled with each crash in a row: running; `stop()`: stopped |
 * | `stopping` | was asked to stop           | its exit, at the latest by SIGKILL: stopped          |
 */
export class Supervised {
  readonly command: Command
  #report: (report: SupervisorReport) => void
  #state: SupervisedState = 'stopped'
  #child: ChildProcess | undefined
  #starting: Promise<void> = Promise.resolve()
  #exited: Promise<void> = Promise.resolve()
  #release: () => void = () => {}
  #crashes = 0
  #startedAtMs = 0
  #waiting: AbortController | undefined
  #logStart = 0

  constructor(command: Command, report: (report: SupervisorReport) => void) {
    this.command = command
    this.#report = report
  }

  get state(): SupervisedState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get isCrashLooping(): boolean {
    const hasRecovered = this.#state === 'running' && Date.now() - this.#startedAtMs > healthyMs
    return this.#crashes >= crashLimit && !hasRecovered
  }

  /** What its newest run wrote, as far as it reports why it died. */
  crashLines(): string[] {
    return crashLines(this.command.name, lastLines(this.command.logPath, 50, this.#logStart))
  }

  /** Resolves when the process was spawned, which says nothing about its being ready. */
  async start(): Promise<void> {
    if (this.#state !== 'stopped') return
    this.#state = 'running'
    this.#crashes = 0
    this.#starting = this.#run()
    try {
      await this.#starting
    } catch (error) {
      this.#state = 'stopped'
      throw error
    }
  }

  /** Asks it to stop; after `graceMs` it is killed. Resolves when it is gone; true when it had to be killed. */
  async stop(graceMs = 5_000): Promise<boolean> {
    if (this.#state === 'waiting') {
      this.#state = 'stopped'
      this.#waiting?.abort()
    }
    if (this.#state === 'stopped') return false
    this.#state = 'stopping'
    await this.#starting.catch(() => {})
    this.kill(this.command.stopSignal)
    const timer = new AbortController()
    const isLate = await Promise.race([
      this.#exited.then(() => false),
      sleep(graceMs, true, { signal: timer.signal }).catch(() => false),
    ])
    timer.abort()
    if (isLate) this.kill('SIGKILL')
    await this.#exited
    this.#state = 'stopped'
    return isLate
  }

  /** Sends a signal and changes nothing else: what dies of it counts as crashed and comes back. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #run(): Promise<void> {
    const { command } = this
    await command.prepare?.()
    if (this.#state !== 'running') return
    const log = openSync(command.logPath, 'a', 0o600)
    this.#logStart = statSync(command.logPath).size
    const child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: command.orphanedBy === 'ipc' ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
      ...command.account,
    })
    closeSync(log)
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    if (command.pidPath) writeFileSync(command.pidPath, String(child.pid))
    this.#child = child
    this.#startedAtMs = Date.now()
    if (command.orphanedBy === 'guard' && child.pid) this.#release = guard(child.pid, command.stopSignal)
    child.on('error', () => {})
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit(signal ? `was ended by ${signal}` : `exited with code ${code}`)
        resolve()
      })
    })
  }

  #exit(how: string): void {
    this.#release()
    this.#child = undefined
    if (this.#state === 'stopping') this.#state = 'stopped'
    else this.#crash(how)
  }

  #crash(how: string): void {
    this.#state = 'waiting'
    this.#crashes = Date.now() - this.#startedAtMs > healthyMs ? 1 : this.#crashes + 1
    const delayMs = Math.min(firstDelayMs * 2 ** (this.#crashes - 1), longestDelayMs)
    const { name } = this.command
    if (this.#crashes === 1) this.#report({ kind: 'crashed', name, how })
    if (this.#crashes === crashLimit)
      this.#report({ kind: 'crash-loop', name, how, crashes: crashLimit, lines: this.crashLines() })
    void this.#restart(delayMs)
  }

  async #restart(delayMs: number): Promise<void> {
    this.#waiting = new AbortController()
    await sleep(delayMs, undefined, { signal: this.#waiting.signal }).catch(() => {})
    if (this.#state !== 'waiting') return
    this.#state = 'running'
    this.#starting = this.#run()
    try {
      await this.#starting
    } catch (error) {
      if (this.#state === 'running') this.#crash(`could not be started: ${(error as Error).message}`)
    }
  }
}
