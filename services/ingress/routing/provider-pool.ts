import { buildConnector, Client, type Dispatcher, Pool } from 'undici'
import type { Provider } from '../exchange.ts'
import { withoutContinue } from './without-continue.ts'

/** Takes a response; learns whether the connection that its request goes out on has carried another one before. */
export type ConnectionAware = Dispatcher.DispatchHandler & { isReused?: boolean }

/**
 * Connections to one provider. The other side may close an idle one at the same moment at which the next request is written
 * to it; `onNewConnection` is for asking again then.
 */
type ProviderPool = Pick<Provider, 'pool' | 'onNewConnection' | 'close'>

export function openPool(
  origin: string,
  { connectMs, ...settings }: Omit<Client.Options, 'connect'> & { connectMs: number },
): ProviderPool {
  const connect = buildConnector({ timeout: connectMs })
  const options: Client.Options = {
    ...settings,
    connect: (to, connected) =>
      connect(to, (error, socket) =>
        error ? connected(error, null) : connected(null, withoutContinue(socket!)),
      ),
  }
  const pool = new Pool(origin, {
    ...options,
    connections: null,
    factory: (to, pooled) => new NotingClient(to, pooled as Client.Options),
  })
  return {
    pool,
    onNewConnection(request, handler) {
      const client = new Client(origin, options)
      client.dispatch(request, handler)
      void client.close()
    },
    close: () => pool.destroy(),
  }
}

/** One connection at a time, of which each request learns whether it is the first. */
class NotingClient extends Client {
  #requests = 0

  constructor(origin: string | URL, options: Client.Options) {
    super(origin, options)
    this.on('disconnect', () => {
      this.#requests = 0
    })
    // What had not been written on the last connection goes out on this one.
    this.on('connect', () => {
      this.#requests = Math.max(this.#requests, this.stats.size)
    })
  }

  override dispatch(request: Dispatcher.DispatchOptions, handler: ConnectionAware): boolean {
    handler.isReused = this.#requests > 0
    this.#requests++
    return super.dispatch(request, handler)
  }
}
