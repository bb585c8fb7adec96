import { connect, createServer, type Socket } from 'node:net'
import { askReadiness } from '../../infra/ask-readiness.ts'

/** A plain TCP balancer, as in front of several ingresses: in turn, and only to those whose `/readyz` is a 200. */
export type Balancer = {
  url: string
  /** Those that get connections now. */
  ready: () => string[]
  close: () => Promise<void>
}

const checkEveryMs = 250
const checkLimitMs = 1_000

/** @param urls of the ingresses, by name. What goes to one that is no longer ready is cut, as haproxy's `shutdown-sessions`. */
export async function startBalancer(urls: Readonly<Record<string, string>>): Promise<Balancer> {
  const ready = new Set<string>()
  const connections = new Map<string, Set<Socket>>(Object.keys(urls).map((name) => [name, new Set()]))
  let turn = 0
  let isClosed = false

  async function check(name: string): Promise<void> {
    while (!isClosed) {
      const isReady = await askReadiness(urls[name]!, checkLimitMs).then(
        ({ status }) => status === 200,
        () => false,
      )
      if (isReady) ready.add(name)
      else if (ready.delete(name)) for (const socket of connections.get(name)!) socket.destroy()
      await new Promise((resolve) => setTimeout(resolve, checkEveryMs))
    }
  }

  const server = createServer((client) => {
    const names = [...ready]
    const name = names[turn++ % names.length]
    if (name === undefined) return client.destroy()
    const { hostname, port } = new URL(urls[name]!)
    const target = connect({ host: hostname, port: Number(port) })
    const open = connections.get(name)!
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.setNoDelay()
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
    open.add(target)
    target.on('close', () => open.delete(target))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (const name of Object.keys(urls)) void check(name)
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    ready: () => [...ready],
    close() {
      isClosed = true
      for (const sockets of connections.values()) for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
