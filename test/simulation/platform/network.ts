import { EventEmitter } from 'node:events'
import net from 'node:net'
import { runningIn, type SimulatedProcess, type World } from '../world.ts'
import { existsOnDisk, makeSocketFile, removeSocketFile } from './files.ts'

/** A server that processes reach by an address. */
export type SimulatedServer = {
  isUp: boolean
  /** @returns what takes the client's bytes, and hears that it is gone. */
  accept(client: ServerSide): { data(bytes: Buffer): void; closed(): void }
}

/** The server's end of a connection. */
export type ServerSide = { send(bytes: Buffer): void; close(): void; process: SimulatedProcess }

/** Between a machine and a server. */
export type Link = {
  latencyMs: number
  /** What is sent now waits until this time; 0: nothing waits. */
  blockedUntilMs: number
  isCut: boolean
}

const servers = new Map<string, SimulatedServer>()
const links = new Map<string, Link>()
const sockets = new Set<ClientSocket>()
/** Who listens on a socket file. */
const listeners = new Map<string, { process: SimulatedProcess; listen: LocalServer }>()

export function clearNetwork(): void {
  servers.clear()
  links.clear()
  sockets.clear()
  listeners.clear()
}

export function addServer(address: string, server: SimulatedServer): void {
  servers.set(address, server)
}

export function linkTo(address: string, machine: string): Link {
  const key = `${machine} ${address}`
  const link = links.get(key) ?? { latencyMs: 0.2, blockedUntilMs: 0, isCut: false }
  links.set(key, link)
  return link
}

/** Every connection with it breaks. */
export function breakConnections(address: string, machine?: string): void {
  for (const socket of [...sockets])
    if (socket.address === address && (machine === undefined || socket.process.machine.name === machine))
      socket.reset()
}

class ClientSocket extends EventEmitter {
  readonly world: World
  readonly process: SimulatedProcess
  readonly address: string
  destroyed = false
  readonly #link: Link
  #server: ReturnType<SimulatedServer['accept']> | undefined
  #sentAtMs = 0
  #receivedAtMs = 0

  constructor(world: World, process: SimulatedProcess, address: string, link: Link) {
    super()
    this.world = world
    this.process = process
    this.address = address
    this.#link = link
    sockets.add(this)
    process.onDeath(() => this.#end())
    world.schedule('connect', this.#delay(), () => this.#connect(), process)
  }

  setNoDelay = () => this
  setKeepAlive = () => this
  ref = () => this
  unref = () => this

  write(bytes: Uint8Array, done?: (error?: Error) => void): boolean {
    if (this.destroyed) {
      const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
      this.world.schedule('write failed', 0.01, () => done?.(error), this.process)
      return false
    }
    const copy = Buffer.from(bytes)
    this.#sentAtMs = Math.max(this.#sentAtMs, this.world.nowMs + this.#delay())
    this.world.schedule('arrives at server', this.#sentAtMs - this.world.nowMs, () => {
      if (!this.destroyed && !this.#link.isCut) this.#server?.data(copy)
    })
    this.world.schedule('written', 0.01, () => done?.(), this.process)
    return true
  }

  end(): void {
    this.destroy()
  }

  destroy(): this {
    if (this.destroyed) return this
    this.#end()
    this.world.schedule('close', 0.01, () => void this.emit('close'), this.process)
    return this
  }

  /** From outside: what was under way is lost. */
  reset(): void {
    if (this.destroyed) return
    this.#end()
    this.world.schedule(
      'reset',
      this.#delay(),
      () => {
        this.emit('error', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }))
        this.emit('close')
      },
      this.process,
    )
  }

  #end(): void {
    this.destroyed = true
    sockets.delete(this)
    const server = this.#server
    this.#server = undefined
    server?.closed()
  }

  #connect(): void {
    if (this.destroyed) return
    const server = servers.get(this.address)
    if (!server?.isUp || this.#link.isCut) {
      this.#end()
      this.emit('error', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
      this.emit('close')
      return
    }
    this.#server = server.accept({
      process: this.process,
      close: () => this.reset(),
      send: (bytes) => {
        this.#receivedAtMs = Math.max(this.#receivedAtMs, this.world.nowMs + this.#delay())
        this.world.schedule(
          'arrives',
          this.#receivedAtMs - this.world.nowMs,
          () => {
            if (!this.destroyed && !this.#link.isCut) this.emit('data', bytes)
          },
          this.process,
        )
      },
    })
    this.emit('connect')
  }

  #delay(): number {
    const { latencyMs, blockedUntilMs } = this.#link
    return Math.max(0, blockedUntilMs - this.world.nowMs) + 0.05 + this.world.random.delay(latencyMs)
  }
}

/** A server on a socket file, as a lock of a directory is. */
class LocalServer extends EventEmitter {
  readonly #world: World
  readonly #process: SimulatedProcess
  #key = ''
  #path = ''

  constructor(world: World, process: SimulatedProcess) {
    super()
    this.#world = world
    this.#process = process
  }

  unref = () => this

  listen(path: string, done?: () => void): this {
    this.#path = path
    this.#key = `${this.#process.machine.name} ${path}`
    this.#world.schedule(
      'listen',
      0.1,
      () => {
        try {
          if (existsOnDisk(path))
            throw Object.assign(new Error(`listen EADDRINUSE ${path}`), { code: 'EADDRINUSE' })
          makeSocketFile(path)
          listeners.set(this.#key, { process: this.#process, listen: this })
          done?.()
        } catch (error) {
          this.emit('error', error)
        }
      },
      this.#process,
    )
    return this
  }

  close(done?: () => void): this {
    this.#world.schedule(
      'close',
      0.1,
      () => {
        listeners.delete(this.#key)
        removeSocketFile(this.#path)
        done?.()
      },
      this.#process,
    )
    return this
  }
}

function connectLocally(world: World, process: SimulatedProcess, path: string) {
  const socket = Object.assign(new EventEmitter(), { destroy: () => {}, unref: () => {} })
  world.schedule(
    'connect',
    0.1,
    () => {
      const found = listeners.get(`${process.machine.name} ${path}`)
      if (found?.process.isAlive) socket.emit('connect')
      else socket.emit('error', Object.assign(new Error(`connect ${path}`), { code: 'ECONNREFUSED' }))
    },
    process,
  )
  return socket
}

/** Connections of simulated processes go to simulated servers. */
export function installNetwork(): void {
  const real = {
    createConnection: net.createConnection,
    connect: net.connect,
    createServer: net.createServer,
  }
  const connect = (original: typeof net.createConnection) =>
    ((...given: unknown[]) => {
      const at = runningIn()
      if (!at) return original(...(given as [never]))
      if (typeof given[0] === 'string') return connectLocally(at.world, at.process, given[0])
      const [port, host, connected] = given as [number, string, () => void]
      const address = `${host}:${port}`
      const socket = new ClientSocket(at.world, at.process, address, linkTo(address, at.process.machine.name))
      if (connected) socket.once('connect', connected)
      return socket
    }) as typeof net.createConnection
  net.createConnection = connect(real.createConnection)
  net.connect = connect(real.connect)
  net.createServer = ((...given: unknown[]) => {
    const at = runningIn()
    return at ? new LocalServer(at.world, at.process) : real.createServer(...(given as []))
  }) as typeof net.createServer
}
