// An agent that calls a tool, every step in one session under its name.
import { AIRSClient } from '@airs-cp/sdk'

const client = new AIRSClient({ apiKey: process.env.OPENAI_API_KEY ?? 'sk-none', agent: 'weather-agent' })
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [
  { type: 'function', function: { name: 'weather', description: 'The weather of a city', parameters } },
]
const weather = ({ city }) => `It is sunny in ${city}`

// The built-in mock calls the tool that this names; a model would find out by itself.
const messages = [{ role: 'user', content: 'Is it sunny in Bern? mock:tool=weather args={"city":"Bern"}' }]
await client.session(undefined, async (session) => {
  for (let step = 0; step < 5; step += 1) {
    const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages, tools })
    const [{ message }] = choices
    messages.push(message)
    if (!message.tool_calls?.length) {
      console.log(message.content, `(session ${session})`)
      return
    }
    for (const { id, function: called } of message.tool_calls)
      messages.push({ role: 'tool', tool_call_id: id, content: weather(JSON.parse(called.arguments)) })
  }
})
