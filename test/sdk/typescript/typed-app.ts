/** Checked, and not run: what the types promise an app. */
import { AIRSClient, type Exchange, type Finding, PolicyViolation } from '@airs-cp/sdk'
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function is<Wanted>() {
  return <Given>(_value: Given, _same: Same<Given, Wanted>) => {}
}

const client = new AIRSClient({ provider: 'openai', apiKey: 'sk-...', airsEndpoint: 'http://localhost:8080' })
const wrapped: OpenAI = client
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }]

const answer = await client.chat.completions.create(
  { model: 'gpt-4', messages },
  { sessionId: 'user-123', tags: ['support', 'billing'], timeout: 1_000 },
)
const plain: OpenAI.ChatCompletion = answer
is<Exchange>()(answer.airs, true)
is<Finding[]>()(await answer.airs.findings(), true)
is<string | null | undefined>()(answer.choices[0]?.message.content, true)

const stream = await client.chat.completions.create(
  { model: 'gpt-4', messages, stream: true },
  { agent: 'teller' },
)
is<Exchange>()(stream.airs, true)
for await (const chunk of stream) is<OpenAI.ChatCompletionChunk>()(chunk, true)

const helper = client.chat.completions.stream({ model: 'gpt-4', messages }, { sources: ['kb://1'] })
is<Exchange | undefined>()(helper.airs, true)

const place = zodResponseFormat(z.object({ city: z.string() }), 'place')
const parsed = await client.chat.completions.parse(
  { model: 'gpt-4', messages, response_format: place },
  { tags: [] },
)
is<Exchange>()(parsed.airs, true)
const city: string | undefined = parsed.choices[0]?.message.parsed?.city

is<Exchange>()((await client.embeddings.create({ model: 'e', input: 'x' }, { sources: ['s'] })).airs, true)
is<Exchange>()((await client.completions.create({ model: 'c', prompt: 'x' }, { sessionId: 's' })).airs, true)
is<Exchange>()((await client.responses.create({ model: 'r', input: 'x' }, { sessionId: 's' })).airs, true)
is<AIRSClient>()(client.withOptions({ timeout: 1 }), true)

const length: number = client.session('user-123', (session) => session.length)
await client.context({ tags: ['a'] }, async () => {})

try {
  await client.chat.completions.create({ model: 'gpt-4', messages })
} catch (error) {
  if (error instanceof PolicyViolation && error instanceof OpenAI.PermissionDeniedError) {
    is<string>()(error.reason, true)
    is<string | undefined>()(error.policy, true)
  }
}

const made = await client.airs.exports.create({ kind: 'events', from: '2024-01-01' })
await (await made.wait({ onProgress: ({ percent }) => console.log(percent) })).download('2024.jsonl')
is<number>()((await client.airs.verify('2024.jsonl')).rows, true)

// @ts-expect-error: tags are a list
await client.chat.completions.create({ model: 'gpt-4', messages }, { tags: 'a,b' })
// @ts-expect-error: there is no such option
new AIRSClient({ onGatewayError: 'ignore' })
// @ts-expect-error: the plain client does not know it
await new OpenAI().chat.completions.create({ model: 'gpt-4', messages }, { sessionId: 'x' })

console.log(wrapped, plain, city, length)
