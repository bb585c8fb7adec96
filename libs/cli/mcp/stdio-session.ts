import { type Message, startStdioServer } from './stdio-server.ts'

/** Where messages of one request, or of the stream that a client holds open, go. */
export type Sink = { write(message: Message): void; end(): void }

/** One run of a stdio server, for one client, or for all that have no session. */
export type StdioSession = {
  /**
   * Passes a request on; its response, and what belongs to it, goes to the sink, which then ends.
   * @returns to call when the client is gone: whatever still comes for this request has no reader.
   */
  request(message: Message, sink: Sink): () => void
  /** Passes on what has no response: a notification, or a response to what the server asked. */
  pass(message: Message): void
  /** Takes what the server says of its own accord; in place of the one before. @returns to call when the client is gone. */
  listen(sink: Sink): () => void
  isRunning(): boolean
  stop(): void
}

/** As much is kept for a client that does not listen. */
const mostWaiting = 100
/** Progress is told apart of so many requests; that of a task goes on after its response. */
const mostTokens = 1_000

export function startStdioSession(
  command: readonly [string, ...string[]],
  options: { env: NodeJS.ProcessEnv; note: (text: string) => void; onEnd: () => void },
): StdioSession {
  /** By the number that the server has it under: clients that share a server choose the same ids and tokens. */
  const pending = new Map<unknown, { id: unknown; sink: Sink }>()
  const tokens = new Map<unknown, unknown>()
  const waiting: Message[] = []
  let listener: Sink | undefined
  let lastNumber = 0
  const server = startStdioServer(command, {
    ...options,
    onMessage(message) {
      const isResponse = message?.method === undefined && message?.id !== undefined
      if (isResponse) return finish(message.id, message)
      const number = message?.params?.progressToken
      const isProgress = number !== undefined && tokens.has(number)
      const sink = (isProgress ? pending.get(number)?.sink : undefined) ?? listener ?? youngest()
      const shown = isProgress
        ? { ...message, params: { ...message.params, progressToken: tokens.get(number) } }
        : message
      if (sink) sink.write(shown)
      else if (waiting.length < mostWaiting) waiting.push(shown)
    },
    onEnd(reason) {
      options.note(`The server ${reason}`)
      const error = { code: -32603, message: `The MCP server ${reason}` }
      for (const number of [...pending.keys()]) finish(number, { jsonrpc: '2.0', error })
      listener?.end()
      options.onEnd()
    },
  })

  function finish(number: unknown, message: Message): void {
    const asked = pending.get(number)
    pending.delete(number)
    asked?.sink.write({ ...message, id: asked.id })
    asked?.sink.end()
  }

  /** Where nobody listens, what the server says goes with the request that is under way. */
  const youngest = () => [...pending.values()].at(-1)?.sink

  return {
    request(message, sink) {
      const number = ++lastNumber
      pending.set(number, { id: message.id, sink })
      const token = message.params?._meta?.progressToken
      if (token === undefined) server.send({ ...message, id: number })
      else {
        tokens.set(number, token)
        if (tokens.size > mostTokens) tokens.delete(tokens.keys().next().value)
        const _meta = { ...message.params._meta, progressToken: number }
        server.send({ ...message, id: number, params: { ...message.params, _meta } })
      }
      return () => void pending.delete(number)
    },
    pass(message) {
      if (message.method !== 'notifications/cancelled') return server.send(message)
      // Several clients may have given this id; none of them cancels what another has asked.
      const meant = [...pending].filter(([, { id }]) => id === message.params?.requestId)
      const requestId = meant.length === 1 ? meant[0]![0] : undefined
      if (requestId !== undefined) server.send({ ...message, params: { ...message.params, requestId } })
    },
    listen(sink) {
      listener?.end()
      listener = sink
      for (const message of waiting.splice(0)) sink.write(message)
      return () => {
        if (listener === sink) listener = undefined
      }
    },
    isRunning: server.isRunning,
    stop: server.stop,
  }
}
