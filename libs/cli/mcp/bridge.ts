import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { splitLines } from '@airs-cp/manifest'
import { sseData } from './sse-data.ts'

export type BridgeOptions = {
  /** The gateway's address of the server. */
  url: string
  /** Sent with each request: the client key, the session. */
  headers: Readonly<Record<string, string>>
  input: Readable
  output: NodeJS.WritableStream
  /** What goes wrong and is no message of the protocol. */
  note: (text: string) => void
}

// biome-ignore lint/suspicious/noExplicitAny: messages of whoever speaks
type Message = any

/** Until a stream that has ended is asked for again; each time twice as long, while nothing comes. */
const firstPauseMs = 500
const longestPauseMs = 30_000

/**
 * Speaks the stdio transport of the Model Context Protocol (a message a line) on one side and streamable HTTP on the other, until the
 * input ends. Messages pass as they are; what the gateway refuses comes back as an error of the request.
 */
export async function bridge({ url, headers, input, output, note }: BridgeOptions): Promise<void> {
  let session: string | undefined
  let revision: string | undefined
  let listening: Promise<void> | undefined
  const pending = new Set<Promise<void>>()
  const stop = new AbortController()
  const write = (message: string) => void output.write(`${message}\n`)

  const headersOf = (message: Message): Record<string, string> => {
    const params = message?.params ?? {}
    const stated = params._meta?.['io.modelcontextprotocol/protocolVersion']
    const named = message?.method === 'resources/read' ? params.uri : params.name
    return {
      ...headers,
      ...(session !== undefined && { 'mcp-session-id': session }),
      ...((stated ?? revision) && { 'mcp-protocol-version': stated ?? revision }),
      ...(stated !== undefined && { 'mcp-method': message.method }),
      ...(stated !== undefined && typeof named === 'string' && { 'mcp-name': encoded(named) }),
    }
  }

  async function send(line: string): Promise<void> {
    let message: Message
    try {
      message = JSON.parse(line)
    } catch {
      write(errorOf(null, -32700, 'Parse error: this line is not JSON'))
      return
    }
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headersOf(message),
        },
        body: line,
        signal: stop.signal,
      })
      session = response.headers.get('mcp-session-id') ?? session
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
      if (!isStream) {
        const text = (await response.text()).trim()
        if (text !== '') pass(message, text)
        else if (message.id !== undefined && message.method !== undefined)
          write(errorOf(message.id, -32603, `The gateway responded with status ${response.status}`))
      } else for await (const data of sseData(response.body!)) pass(message, data)
      if (message.method === 'notifications/initialized' && response.ok) listening ??= listen()
    } catch (error) {
      if (stop.signal.aborted) return
      const { cause, message: text } = error as Error
      const reason = cause instanceof Error ? cause.message : text
      note(`${url} cannot be reached: ${reason}`)
      if (message.id !== undefined && message.method !== undefined)
        write(errorOf(message.id, -32603, `The gateway cannot be reached: ${reason}`))
    }
  }

  function pass(asked: Message, text: string): void {
    const found: Message = JSON.parse(text)
    if (asked.method === 'initialize' && found.id === asked.id)
      revision = found.result?.protocolVersion ?? revision
    // A client cannot use an error that belongs to no request.
    if (found.id === null && asked.id !== undefined) found.id = asked.id
    if (found.id === null) note(found.error?.message ?? text)
    else write(JSON.stringify(found))
  }

  /** What the server says of its own accord. A stream that ends is asked for again; a server that says nothing so responds with 405. */
  async function listen(): Promise<void> {
    let lastId: string | undefined
    for (let pauseMs = firstPauseMs; !stop.signal.aborted; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        const response = await fetch(url, {
          headers: {
            accept: 'text/event-stream',
            ...headersOf(undefined),
            ...(lastId !== undefined && { 'last-event-id': lastId }),
          },
          signal: stop.signal,
        })
        if (response.status >= 400 && response.status < 500 && response.status !== 429) return
        if (response.ok && response.body)
          for await (const data of sseData(response.body, (id) => {
            lastId = id
          })) {
            write(JSON.stringify(JSON.parse(data)))
            pauseMs = firstPauseMs
          }
        else await response.body?.cancel()
      } catch {
        // It broke off, or ends with the bridge.
      }
      await pause(pauseMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  }

  for await (const bytes of splitLines(bytesOf(input))) {
    const line = bytes.toString('utf8').trim()
    if (line === '') continue
    const sending = send(line).finally(() => pending.delete(sending))
    pending.add(sending)
    // Whatever follows a handshake needs what it agreed on.
    if (line.includes('"initialize"')) await sending
  }
  await Promise.all(pending)
  if (session !== undefined)
    await fetch(url, { method: 'DELETE', headers: headersOf(undefined) }).catch(() => {})
  stop.abort()
  await listening
}

async function* bytesOf(input: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of input as AsyncIterable<Buffer | string>)
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

function errorOf(id: unknown, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } })
}

/** As the specification of 2026-07-28 encodes names that a header cannot carry. */
function encoded(name: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(name) && !name.startsWith('=?base64?')
  return isPlain ? name : `=?base64?${Buffer.from(name).toString('base64')}?=`
}
