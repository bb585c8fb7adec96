import { AIRSClient } from '@airs-cp/sdk'

const client = new AIRSClient({ provider: 'openai', apiKey: 'sk-leaving' })

const messagesOf = (content) => [{ role: 'user', content }]
const answer = await client.chat.completions.create({ model: 'gpt-4', messages: messagesOf('Hello') })
console.log(answer.choices[0].message.content)

const called = await client.chat.completions.create({
  model: 'gpt-4',
  messages: messagesOf('mock:tool=weather args={"city":"Bern"}'),
  tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
})
console.log(called.choices[0].message.tool_calls[0].function.arguments)

let text = ''
const messages = messagesOf('mock:text="one two three"')
for await (const chunk of await client.chat.completions.create({ model: 'gpt-4', messages, stream: true }))
  text += chunk.choices[0]?.delta.content ?? ''
console.log(text)

console.log((await client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' })).data.length)

try {
  const impatient = client.withOptions({ maxRetries: 0 })
  await impatient.chat.completions.create({ model: 'gpt-4', messages: messagesOf('mock:status=404') })
} catch (error) {
  console.log(error.constructor.name, error.status)
}
