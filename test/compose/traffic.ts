import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { poll } from '../../infra/local/poll.ts'

/** Chat completions through the published client, plain and streamed in turn, in conversations of their own. */
export type Traffic = {
  /** Exchanges that a client has received to the end, by their id. */
  acknowledged: string[]
  /** Calls that failed: something was down. */
  failed: number
  /** Resolves when so many more have been received. */
  completed: (count: number) => Promise<void>
  pause: () => Promise<void>
  resume: () => void
  stop: () => Promise<void>
}

const clients = 4
const thinkMs = 30
const limitMs = 180_000

export function startTraffic(url: string): Traffic {
  let state: 'running' | 'paused' | 'stopped' = 'running'
  let underWay = 0
  const traffic: Traffic = {
    acknowledged: [],
    failed: 0,
    async completed(count) {
      const target = traffic.acknowledged.length + count
      await poll(() => traffic.acknowledged.length >= target || undefined, {
        limitMs,
        intervalMs: 100,
        late: () => `${target - traffic.acknowledged.length} of ${count} exchanges are not completed`,
      })
    },
    async pause() {
      state = 'paused'
      await poll(() => underWay === 0 || undefined, {
        limitMs,
        late: () => `${underWay} calls are under way`,
      })
    },
    resume() {
      state = 'running'
    },
    async stop() {
      state = 'stopped'
      await Promise.all(running)
    },
  }
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-of-an-app', maxRetries: 0, timeout: 15_000 })
  const converse = async (client: number) => {
    for (let turn = 0; state !== 'stopped'; turn += 1) {
      if (state === 'running') {
        underWay += 1
        try {
          traffic.acknowledged.push(await call(openai, `session-${client}-${turn >> 3}`, turn))
        } catch {
          traffic.failed += 1
        }
        underWay -= 1
      }
      await sleep(thinkMs)
    }
  }
  const running = Array.from({ length: clients }, (_, client) => converse(client))
  return traffic
}

/** @returns the exchange, once its response has been read to the end. */
async function call(openai: OpenAI, session: string, turn: number): Promise<string> {
  const messages = [{ role: 'user' as const, content: `turn ${turn} of ${session}` }]
  const options = { headers: { 'X-Session-ID': session } }
  if (turn % 2 === 0) {
    const { data, response } = await openai.chat.completions
      .create({ model: 'gpt-5', messages }, options)
      .withResponse()
    if (!data.choices[0]?.message.content) throw new Error('the response is empty')
    return exchangeOf(response)
  }
  const { data, response } = await openai.chat.completions
    .create({ model: 'gpt-5', messages, stream: true }, options)
    .withResponse()
  let finished = false
  for await (const chunk of data) finished ||= chunk.choices[0]?.finish_reason === 'stop'
  if (!finished) throw new Error('the stream broke off')
  return exchangeOf(response)
}

function exchangeOf(response: Response): string {
  const exchange = response.headers.get('x-airs-exchange-id')
  if (!exchange) throw new Error('the response names no exchange')
  return exchange
}
