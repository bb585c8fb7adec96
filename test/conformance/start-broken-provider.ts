import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { gzipSync, zstdCompressSync } from 'node:zlib'

/** What goes wrong, by the model's name after `broken-` or `broken-messages-`. */
const behaviours: Record<string, (socket: Socket) => Promise<void> | void> = {
  /** Nothing, in OpenAI's and Anthropic's shape at once. */
  not: (socket) => {
    socket.end(
      plain(
        JSON.stringify({
          id: 'm_1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [{ type: 'text', text: 'ok' }],
          stop_reason: 'end_turn',
          stop_sequence: null,
          usage: { input_tokens: 1, output_tokens: 1 },
          object: 'chat.completion',
          created: 1,
          choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
        }),
      ),
    )
  },
  /** The body is longer than its Content-Length says. */
  overlong: (socket) => {
    socket.end(
      plain('{"id":"x","choices":[{"index":0}]}').replace(/content-length: \d+/, 'content-length: 10'),
    )
  },
  /** No HTTP at all. */
  babble: (socket) => {
    socket.end('220 mail.example.com ESMTP ready\r\n')
  },
  /** The stream goes on, without end, after its terminator. */
  babbling: async (socket) => {
    socket.write(`${streamHead}data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m",`)
    socket.write(
      '"choices":[{"index":0,"delta":{"content":"done"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
    )
    await flood(socket, `: ${'x'.repeat(16_000)}\n\n`)
  },
  /** A frame that never ends. */
  frame: async (socket) => {
    socket.write(`${streamHead}data: {"choices":[{"delta":{"content":"`)
    await flood(socket, 'x'.repeat(16_000))
  },
  /** Headers that never end. */
  headers: async (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    await flood(socket, `x-filler: ${'x'.repeat(1_000)}\r\n`)
  },
  /** Packed, although it was asked for an answer that is not. */
  packed: (socket) => {
    socket.end(packed('gzip', gzipSync(completion('packed')), 'application/json'))
  },
  packedstream: (socket) => {
    socket.end(packed('zstd', zstdCompressSync(chatStream('packed')), 'text/event-stream; charset=utf-8'))
  },
  /** Packed in a way that nobody knows, not packed at all, or not to its end. */
  strange: (socket) => {
    socket.end(packed('rot13', Buffer.from(completion('x')), 'application/json'))
  },
  unpacked: (socket) => {
    socket.end(packed('gzip', Buffer.from(completion('x')), 'application/json'))
  },
  halfpacked: (socket) => {
    socket.end(packed('gzip', gzipSync(completion('x')).subarray(0, 40), 'application/json'))
  },
  /** 64 KB that unpack to 64 MB. */
  bomb: (socket) => {
    socket.end(packed('gzip', gzipSync(completion('x'.repeat(64 * 1024 * 1024))), 'application/json'))
  },
  /** An error in the middle of a stream, after which nothing comes. */
  brokeoff: (socket) => {
    socket.end(
      `${streamHead}${chatStream('half').split('\n\n')[0]}\n\ndata: ${JSON.stringify(overloaded)}\n\n`,
    )
  },
  /** An answer of the Responses API whose last event, as it does, repeats all of it. */
  longframe: (socket) => {
    socket.end(streamHead + longResponse)
  },
  /** The connection is reset at once. */
  reset: (socket) => {
    socket.resetAndDestroy()
  },
}

const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n'

export function completion(content: string): string {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }
  return JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4o', choices, usage })
}

export function chatStream(content: string): string {
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o' }
  const choices = [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }]
  return `data: ${JSON.stringify({ ...chunk, choices })}\n\ndata: [DONE]\n\n`
}

const overloaded = { error: { message: 'Overloaded', type: 'server_error', code: null, param: null } }
const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5', output: [] }
const output = [
  { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'long '.repeat(300_000) }] },
]
const usage = { input_tokens: 5, output_tokens: 300_000, total_tokens: 300_005 }
export const longResponse = [
  { type: 'response.created', sequence_number: 0, response: { ...response, status: 'in_progress' } },
  {
    type: 'response.completed',
    sequence_number: 1,
    response: { ...response, output, status: 'completed', usage },
  },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('')

/** A provider that breaks the protocol in ways in which no HTTP server would help it. */
export async function startBrokenProvider(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    let text = ''
    let responded = false
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      const model = /"model":\s*"broken-(?:messages-)?([a-z]+)"/.exec(text)?.[1]
      if (responded || model === undefined) return
      responded = true
      void behaviours[model]?.(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function plain(body: string): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
}

function packed(encoding: string, body: Buffer, mediaType: string): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${mediaType}\r\ncontent-encoding: ${encoding}\r\nconnection: close\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

/** Writes until nobody takes it any more, and no faster than it is taken. */
async function flood(socket: Socket, text: string): Promise<void> {
  while (!socket.destroyed) await new Promise<void>((resolve) => socket.write(text, () => resolve()))
}
