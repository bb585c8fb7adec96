// Retrieval with declared sources: lineage later shows which documents a response is based on.
import { AIRSClient } from '@airs-cp/sdk'

const documents = {
  'kb://handbook/1': 'Refunds are paid within 14 days.',
  'kb://handbook/2': 'The office is closed on Sundays.',
  'kb://handbook/3': 'Parcels are sent by train.',
}
const client = new AIRSClient({ apiKey: process.env.OPENAI_API_KEY ?? 'sk-none', agent: 'helpdesk' })

const embed = async (input) =>
  (await client.embeddings.create({ model: 'text-embedding-3-small', input })).data.map(
    ({ embedding }) => embedding,
  )
const closeness = (a, b) =>
  a.reduce((sum, x, at) => sum + x * b[at], 0) / (Math.hypot(...a) * Math.hypot(...b) || 1)

await client.session(undefined, async (session) => {
  const question = 'When do I get my money back?'
  const [[wanted], known] = [await embed([question]), await embed(Object.values(documents))]
  const sources = Object.keys(documents)
    .map((source, at) => ({ source, near: closeness(wanted, known[at]) }))
    .sort((a, b) => b.near - a.near)
    .slice(0, 2)
    .map(({ source }) => source)
  const context = sources.map((source) => documents[source]).join('\n')
  const response = await client.chat.completions.create(
    {
      model: 'gpt-4o-mini',
      messages: [
        { role: 'system', content: `Answer from this only:\n${context}` },
        { role: 'user', content: question },
      ],
    },
    { sources },
  )
  console.log(response.choices[0].message.content)
  console.log('rests on', sources.join(', '), 'in session', session)
})
