import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A provider of OpenAI's format that takes as many output tokens as `max_tokens` says. */
export type PricedProvider = { baseUrl: string; asked(): number; close(): void }

export async function startPricedProvider(): Promise<PricedProvider> {
  let asked = 0
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const send = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (request.method === 'GET') return void send({ object: 'list', data: [] })
    asked += 1
    const { model, max_tokens: tokens = 1 } = body as { model: string; max_tokens?: number }
    const message = { role: 'assistant', content: 'Done.', refusal: null }
    send({
      id: `chatcmpl-${asked}`,
      object: 'chat.completion',
      created: 1,
      model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 0, completion_tokens: tokens, total_tokens: tokens },
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => asked,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString())
}
