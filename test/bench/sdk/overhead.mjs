// CPU per call of AIRSClient beside that of OpenAI, in turns, over a transport that answers at once.
import { AIRSClient } from '@airs-cp/sdk'
import OpenAI from 'openai'

const [calls, turns] = process.argv.slice(2).map(Number)
const message = { role: 'assistant', content: 'Hello' }
const body = JSON.stringify({
  id: '1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4',
  choices: [{ index: 0, finish_reason: 'stop', message }],
})
const headers = {
  'content-type': 'application/json',
  'x-airs-exchange-id': 'e',
  'x-session-id': 's',
  'x-airs-decision': 'allow',
}
const options = {
  apiKey: 'sk-bench',
  baseURL: 'http://gateway/v1',
  fetch: async () => new Response(body, { headers }),
}
const said = { sessionId: 'user-123', tags: ['support', 'billing'], agent: 'helpdesk', sources: ['kb://1'] }
const asHeaders = {
  'X-Session-ID': 'user-123',
  'X-AIRS-Tags': 'support,billing',
  'X-AIRS-Agent': 'helpdesk',
  'X-AIRS-Sources': 'kb://1',
}

async function turn(client, more) {
  const began = process.cpuUsage()
  for (let call = 0; call < calls; call += 1)
    await client.chat.completions.create(
      { model: 'gpt-4', messages: [{ role: 'user', content: 'Hello' }] },
      more,
    )
  const { user, system } = process.cpuUsage(began)
  return (user + system) / calls
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const [plain, ours] = [new OpenAI(options), new AIRSClient(options)]
for (const client of [plain, ours]) for (let round = 0; round < 100; round += 1) await turn(client)
const seen = []
for (let round = 0; round < turns; round += 1)
  seen.push([
    await turn(plain),
    await turn(plain, { headers: asHeaders }),
    await turn(ours),
    await turn(ours, said),
  ])
console.log(
  JSON.stringify({
    plainMicros: median(seen.map(([one]) => one)),
    headersMicros: median(seen.map(([one, withHeaders]) => withHeaders - one)),
    addedMicros: median(seen.map(([one, , added]) => added - one)),
    addedContextMicros: median(seen.map(([one, , , withContext]) => withContext - one)),
  }),
)
