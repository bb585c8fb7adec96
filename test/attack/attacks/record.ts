import { type Attack, expect } from '../attack.ts'
import { ask, type World } from '../world.ts'

/** What makes an event too large, or out of the ranges that its consumers read. */
export const againstTheRecord: Attack[] = [
  {
    name: 'a model name of 1.5 MB',
    attacker: 'client',
    strike: async (world) => {
      const { status } = await world.chat({ ...ask('hi'), model: 'm'.repeat(1_500_000) })
      return expect('status', status, 200, 400, 413)
    },
  },
  {
    name: 'a prompt with 8,000 e-mail addresses, observed',
    attacker: 'client',
    strike: async (world) => {
      await world.control.applyPolicy(
        'name: observed-addresses\nmode: observe\ndirection: request\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: block\n',
      )
      const addresses = Array.from({ length: 8_000 }, (_, index) => `person${index}@firm${index}.com`)
      const { status } = await world.chat(ask(addresses.join(' ')))
      await world.control.call('DELETE', '/v1/policies/observed-addresses')
      return expect('status', status, 200)
    },
  },
  {
    name: 'names, ids and tags with control characters and lone surrogates',
    attacker: 'client',
    strike: async (world) => {
      const body =
        '{"model":"m\\u0000\\ud800","messages":[{"role":"user","content":"\\u0000\\udfff"}],"user":"\\u0000"}'
      const { status } = await world.chat(body)
      return expect('status', status, 200, 400)
    },
  },
  {
    name: 'usage of 1e300, -1, 1.5 and "many" tokens',
    attacker: 'provider',
    strike: async (world) => {
      const problems: string[] = []
      for (const tokens of ['1e300', '-1', '1.5', '9007199254740993', '"many"']) {
        problems.push(
          ...(await respond(world, { usage: `{"prompt_tokens":${tokens},"completion_tokens":1}` })),
        )
      }
      return problems
    },
  },
  {
    name: 'a finish reason, an id and a model of 2 MB each',
    attacker: 'provider',
    strike: (world) => respond(world, { finish: 'f'.repeat(2_000_000), model: 'm'.repeat(2_000_000) }),
  },
  {
    name: '5,000 choices with 5,000 finish reasons',
    attacker: 'provider',
    strike: async (world) => {
      const choices = Array.from({ length: 5_000 }, (_, index) => ({
        index,
        finish_reason: `reason-${index}-${'x'.repeat(300)}`,
        message: { role: 'assistant', content: 'a' },
      }))
      return respond(world, { choices: JSON.stringify(choices) })
    },
  },
]

let count = 0

async function respond(
  world: World,
  {
    usage = '{}',
    finish = 'stop',
    model = 'gpt-4o-mini',
    choices,
  }: Partial<Record<'usage' | 'finish' | 'model' | 'choices', string>>,
): Promise<string[]> {
  count += 1
  const marker = `record-${count}`
  choices ??= JSON.stringify([
    { index: 0, finish_reason: finish, message: { role: 'assistant', content: 'answer' } },
  ])
  world.upstream.reply(marker, (request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json')
    response.end(
      `{"id":"c","object":"chat.completion","model":${JSON.stringify(model)},"choices":${choices},"usage":${usage}}`,
    )
  })
  const { status } = await world.chat(ask('hi'), { 'x-marker': marker })
  return expect('status', status, 200)
}
