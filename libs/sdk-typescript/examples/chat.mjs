// A question, and what became of it. Needs a running gateway: `npm start` in the checkout.
import { AIRSClient, PolicyViolation } from '@airs-cp/sdk'

const client = new AIRSClient({ apiKey: process.env.OPENAI_API_KEY ?? 'sk-none' })

try {
  const response = await client.chat.completions.create(
    { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Say hello to ann@example.com' }] },
    { sessionId: 'example-chat', tags: ['example'] },
  )
  console.log(response.choices[0].message.content)
  console.log('exchange', response.airs.exchangeId, 'decision', response.airs.decision)
  for (const { type, direction, path } of await response.airs.findings())
    console.log('found', type, 'in the', direction, 'at', path)
} catch (error) {
  if (!(error instanceof PolicyViolation)) throw error
  console.log('blocked by', error.policy, 'because', error.reason, 'in exchange', error.exchangeId)
}
