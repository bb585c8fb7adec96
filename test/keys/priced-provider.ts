import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A provider of OpenAI's formats that takes as many output tokens as the request says. It keeps responses, and knows no owners. */
export type PricedProvider = { baseUrl: string; asked(): number; close(): void }

type Asked = { model?: string; background?: boolean; max_output_tokens?: number }

export async function startPricedProvider(): Promise<PricedProvider> {
  let asked = 0
  const made = new Map<string, object>()
  function begun({ model = 'gpt-4o', background, max_output_tokens: tokens = 1 }: Asked): object {
    const id = `resp_${asked}`
    const response = { id, object: 'response', created_at: 1, model, output: [], usage: null, tokens }
    made.set(id, { ...response, status: 'queued' })
    return background ? made.get(id)! : finished(id)
  }
  function finished(id: string): object {
    const found = made.get(id) as { tokens: number }
    const usage = { input_tokens: 0, output_tokens: found.tokens, total_tokens: found.tokens }
    const content = [{ type: 'output_text', text: 'Done.', annotations: [] }]
    const output = [{ type: 'message', id: 'm', role: 'assistant', status: 'completed', content }]
    return { ...found, status: 'completed', output, usage }
  }
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const send = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    const [, id, action] = /^\/v1\/responses\/([\w-]+)(?:\/(\w+))?/.exec(request.url ?? '') ?? []
    if (id !== undefined)
      return void send(action === 'cancel' ? { ...made.get(id), status: 'cancelled' } : finished(id))
    if (request.method === 'GET') return void send({ object: 'list', data: [] })
    asked += 1
    if (request.url === '/v1/responses') return void send(begun(body as Asked))
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
  const isForm = request.headers['content-type']?.startsWith('multipart/')
  return chunks.length === 0 || isForm ? {} : JSON.parse(Buffer.concat(chunks).toString())
}
