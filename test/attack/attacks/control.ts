import { randomBytes } from 'node:crypto'
import { type Attack, expect } from '../attack.ts'
import { ask, type World } from '../world.ts'

/** What keeps an operator from deciding: changes that do not arrive, or a control API that does not answer. */
export const againstTheControls: Attack[] = [
  {
    name: '3.2 MB of broken YAML to be validated',
    attacker: 'viewer',
    strike: async (world) => {
      const problems: string[] = []
      for (const yaml of [
        '- [\n'.repeat(800_000),
        'a: [\n'.repeat(600_000),
        '- x\n'.repeat(800_000),
        `a: &a x\n${'b: [*a]\n'.repeat(400_000)}`,
      ]) {
        const status = await asViewer(world, 'POST', '/v1/policies/validate', yaml, 'application/yaml')
        problems.push(...expect('status', status, 200, 400, 413, 422))
      }
      return problems
    },
  },
  {
    name: 'searches with every strange value',
    attacker: 'viewer',
    strike: async (world) => {
      for (const value of [
        '%00',
        '%',
        '../..',
        '9'.repeat(4_000),
        '%25%25%25'.repeat(500),
        "'--",
        '\u{10ffff}',
      ])
        for (const path of [
          '/v1/events?session=',
          '/v1/events?type=',
          '/v1/sessions/',
          '/v1/lineage?session=',
          '/v1/events?cursor=',
        ])
          if ((await asViewer(world, 'GET', path + encodeURIComponent(value))) >= 500)
            return [`500 for ${path}${value}`]
      return []
    },
  },
  {
    name: 'keys with 9,000 model names each, then a revocation',
    attacker: 'client',
    strike: async (world) => {
      const { keyId, key } = await world.control.json<{ keyId: string; key: string }>('POST', '/v1/keys', {
        name: 'to be revoked',
      })
      const models = Array.from(
        { length: 9_000 },
        (_, index) => `model-${index}-${randomBytes(8).toString('hex')}`,
      )
      for (let index = 0; index < 4; index += 1)
        await world.control
          .json('POST', '/v1/keys', { name: `large ${index}`, models })
          .catch(() => undefined)
      await world.control.call('DELETE', `/v1/keys/${keyId}`)
      await world.control.inForce()
      const { status } = await world.chat(ask('with a revoked key'), { authorization: `Bearer ${key}` })
      return expect('status with a revoked key', status, 401, 403)
    },
  },
  {
    name: 'two policies of 600 KB, then the kill switch',
    attacker: 'client',
    strike: async (world) => {
      for (const name of ['large-one', 'large-two'])
        await world.control
          .applyPolicy(
            `name: ${name}\ndescription: ${'d'.repeat(600_000)}\nmode: observe\ndirection: request\ndetectors: [{ detector: pii }]\naction: block\n`,
          )
          .catch(() => undefined)
      await world.control.json('PUT', '/v1/mode', { mode: 'off', reason: 'attack suite' })
      await world.control.inForce()
      const { mode } = await world.control.json<{ mode: string }>('GET', '/v1/mode')
      await world.control.json('PUT', '/v1/mode', { mode: 'enforce', reason: 'attack suite' })
      for (const name of ['large-one', 'large-two'])
        await world.control.call('DELETE', `/v1/policies/${name}`).catch(() => undefined)
      await world.control.inForce()
      return expect('mode', mode, 'off')
    },
  },
  {
    name: '32 changes of policies at once',
    attacker: 'client',
    strike: async (world) => {
      const names = Array.from({ length: 32 }, (_, index) => `at-once-${index}`)
      const change = (work: (name: string) => Promise<unknown>) =>
        Promise.all(
          names.map((name) =>
            work(name).then(
              () => undefined,
              (error: Error) => error.message,
            ),
          ),
        )
      const problems = await change((name) =>
        world.control.json('PUT', `/v1/policies/${name}`, policy(name), 'application/yaml'),
      )
      problems.push(...(await change((name) => world.control.call('DELETE', `/v1/policies/${name}`))))
      return problems.filter((problem) => problem !== undefined)
    },
  },
  {
    name: 'a reason with a NUL character',
    attacker: 'client',
    strike: async (world) => {
      const began = Date.now()
      const refused = await world.control.json('PUT', '/v1/mode', { mode: 'off', reason: 'a\u0000b' }).then(
        () => 'accepted',
        (error: Error) => error.message,
      )
      const { mode } = await world.control.json<{ mode: string }>('GET', '/v1/mode')
      return [
        ...(/: 4\d\d /.test(refused) || (refused === 'accepted' && mode === 'off') ? [] : [refused]),
        ...(refused === 'accepted' ? [] : expect('mode', mode, 'enforce')),
        ...(Date.now() - began > 5_000 ? ['the change took more than 5 s'] : []),
      ]
    },
  },
]

function policy(name: string): string {
  return `name: ${name}\nmode: observe\ndirection: request\ndetectors: [{ detector: secrets }]\naction: block\n`
}

async function asViewer(
  world: World,
  method: string,
  path: string,
  body?: string,
  type = 'application/json',
): Promise<number> {
  const response = await fetch(`${world.stack.urls.console}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${world.viewerToken}`,
      ...(body !== undefined && { 'content-type': type }),
    },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(300_000),
  })
  await response.arrayBuffer()
  return response.status
}
