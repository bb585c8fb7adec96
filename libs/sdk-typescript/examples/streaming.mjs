// A streamed response within a session.
import { AIRSClient } from '@airs-cp/sdk'

const client = new AIRSClient({ apiKey: process.env.OPENAI_API_KEY ?? 'sk-none', agent: 'storyteller' })

await client.session(undefined, async (session) => {
  const stream = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Tell a story in one sentence' }],
    stream: true,
  })
  for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '')
  console.log(`\nsession ${session}, exchange ${stream.airs.exchangeId}`)
})
