import { type Message, startStdioServer } from './stdio-server.ts'

/** Where messages of one request, or of the stream that a client holds open, go. */
export type Sink = { write(message: Message): void; end(): void }

/** One run of a stdio server, for one client. */
export type StdioSession = {
  /** Passes a request on; its response, and what belongs to it, goes to the sink, which then ends. */
  request(message: Message, sink: Sink): void
  /** The client is gone: whatever still comes for this request has no reader. */
  abandon(message: Message): void
  /** Passes on what has no response: a notification, or a response to what the server asked. */
  pass(message: Message): void
  /** Takes what the server says of its own accord; in place of the one before. */
  listen(sink: Sink): void
  isRunning(): boolean
  stop(): void
}

/** As much is kept for a client that does not listen. */
const mostWaiting = 100

const keyOf = (id: unknown) => JSON.stringify(id)

export function startStdioSession(
  command: readonly [string, ...string[]],
  options: { env: NodeJS.ProcessEnv; note: (text: string) => void; onEnd: () => void },
): StdioSession {
  const pending = new Map<string, { sink: Sink; progressToken: string | undefined }>()
  const waiting: Message[] = []
  let listener: Sink | undefined
  const server = startStdioServer(command, {
    ...options,
    onMessage(message) {
      const isResponse = message?.method === undefined && message?.id !== undefined
      if (isResponse) return finish(keyOf(message.id), message)
      sinkOf(message)?.write(message)
    },
    onEnd(reason) {
      options.note(`The server ${reason}`)
      for (const [key] of pending)
        finish(key, {
          jsonrpc: '2.0',
          id: JSON.parse(key),
          error: { code: -32603, message: `The MCP server ${reason}` },
        })
      listener?.end()
      options.onEnd()
    },
  })

  function finish(key: string, message: Message): void {
    const asked = pending.get(key)
    pending.delete(key)
    asked?.sink.write(message)
    asked?.sink.end()
  }

  /** Progress goes with its request. The rest goes to who listens, else to the request that is under way, else it waits. */
  function sinkOf(message: Message): Sink | undefined {
    const token = keyOf(message?.params?.progressToken)
    const ofRequest = [...pending.values()].find(({ progressToken }) => progressToken === token)
    if (message?.params?.progressToken !== undefined && ofRequest) return ofRequest.sink
    const sink = listener ?? [...pending.values()].at(-1)?.sink
    if (!sink && waiting.length < mostWaiting) waiting.push(message)
    return sink
  }

  return {
    request(message, sink) {
      const token = message.params?._meta?.progressToken
      pending.set(keyOf(message.id), {
        sink,
        progressToken: token === undefined ? undefined : keyOf(token),
      })
      server.send(message)
    },
    abandon: (message) => void pending.delete(keyOf(message.id)),
    pass: server.send,
    listen(sink) {
      listener?.end()
      listener = sink
      for (const message of waiting.splice(0)) sink.write(message)
    },
    isRunning: server.isRunning,
    stop: server.stop,
  }
}
