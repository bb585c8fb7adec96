import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Attack, expect } from '../attack.ts'
import { ask, type World } from '../world.ts'

const mebibyte = 1_024 * 1_024

/** What costs a client little and the service much: memory, time, connections. */
export const againstMemoryAndTime: Attack[] = [
  {
    name: '15,000 question marks as query, 20 times',
    attacker: 'stranger',
    strike: async (world) => {
      const url = `${world.stack.urls.ingress}/v1/nothing?${'?'.repeat(15_000)}`
      await Promise.all(Array.from({ length: 20 }, () => fetch(url).then((response) => response.text())))
      return []
    },
  },
  {
    name: 'queries of every repeated separator',
    attacker: 'stranger',
    strike: async (world) => {
      for (const piece of ['&', ';', '=', '%', '&=', 'a&', '%3F', 'key=&', ' ?']) {
        const query = piece.repeat(Math.floor(15_000 / piece.length))
        await fetch(`${world.stack.urls.ingress}/v1/models?${query}`).then((response) => response.text())
      }
      return []
    },
  },
  {
    name: 'a body of 30 MB of empty lists, without key',
    attacker: 'stranger',
    strike: async (world) => {
      const { status } = await world.chat(manyValues(30 * mebibyte), { authorization: 'Bearer sk-unknown' })
      return expect('status', status, 401, 413)
    },
  },
  {
    name: 'a body of 30 MB of empty lists',
    attacker: 'client',
    strike: async (world) => expect('status', (await world.chat(manyValues(30 * mebibyte))).status, 413),
  },
  {
    name: '40 bodies of 30 MB that never end, without key',
    attacker: 'stranger',
    strike: async (world) => {
      const sockets = await Promise.all(
        Array.from({ length: 40 }, (_, index) => unfinished(world, `sk-unknown-${index}`)),
      )
      const { status } = await world.chat(ask('beside unfinished bodies'))
      for (const socket of sockets) socket.destroy()
      return expect('status of another client', status, 200)
    },
  },
  {
    name: '12 streams of 20 MB that nobody reads, held by a policy',
    attacker: 'client',
    strike: async (world) => {
      await world.control.applyPolicy(
        'name: held\nmode: enforce\ndirection: response\ndetectors: [{ detector: secrets }]\naction: block\n',
      )
      const sockets = await Promise.all(Array.from({ length: 12 }, () => unread(world)))
      await sleep(4_000)
      const { status } = await world.chat(ask('beside unread answers'))
      for (const socket of sockets) socket.destroy()
      await world.control.call('DELETE', '/v1/policies/held')
      return expect('status of another client', status, 200)
    },
  },
  {
    name: '300 pipelined requests on one connection',
    attacker: 'client',
    strike: async (world) => {
      const before = world.upstream.asked.size
      const one = (index: number) => {
        const body = JSON.stringify(ask('mock:latency=500 text="slow"'))
        return `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${world.key}\r\nX-Marker: pipelined-${index}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      }
      const socket = open(world)
      socket.write(Array.from({ length: 300 }, (_, index) => one(index)).join(''))
      await sleep(450)
      const asked = world.upstream.asked.size - before
      await sleep(1_500)
      socket.destroy()
      return asked > 32 ? [`${asked} requests of one connection were under way at once`] : []
    },
  },
  {
    name: '16 requests of 29 MB at once',
    attacker: 'client',
    strike: async (world) => {
      const body = Buffer.from(JSON.stringify(ask(words(29 * mebibyte))))
      const statuses = await Promise.all(
        Array.from({ length: 16 }, () => world.chat(body).then(({ status }) => status)),
      )
      return statuses.flatMap((status) => expect('status', status, 200, 429, 503))
    },
  },
  {
    // V8 keeps two bytes for each character of a text that has one of these.
    name: '16 requests of 29 MB with a character of another script, at once',
    attacker: 'client',
    strike: async (world) => {
      const body = Buffer.from(JSON.stringify(ask(`${words(29 * mebibyte)}\u0434`)))
      const statuses = await Promise.all(
        Array.from({ length: 16 }, () => world.chat(body).then(({ status }) => status)),
      )
      return statuses.flatMap((status) => expect('status', status, 200, 429, 503))
    },
  },
  {
    name: 'a request of 850,000 messages',
    attacker: 'client',
    strike: async (world) => {
      const messages = Array.from({ length: 850_000 }, () => ({ role: 'user', content: '' }))
      const { status } = await world.chat({ model: 'gpt-4o-mini', messages })
      return expect('status', status, 200, 413)
    },
  },
  {
    name: 'a request of 200,000 messages',
    attacker: 'client',
    strike: async (world) => {
      const messages = Array.from({ length: 200_000 }, (_, index) => ({ role: 'user', content: `m${index}` }))
      const { status } = await world.chat(
        { model: 'gpt-4o-mini', messages },
        { 'x-session-id': 'many-messages' },
      )
      return expect('status', status, 200, 413)
    },
  },
  {
    name: 'exports beside a session of 200,000 messages',
    attacker: 'client',
    strike: async (world) => {
      const [sessions, events] = await Promise.all(
        [{ kind: 'sessions', includeLineage: true }, { kind: 'events' }].map((request) =>
          exported(world, request),
        ),
      )
      return [
        ...expect('export of sessions with lineage', sessions, 'completed'),
        ...expect('export of events', events, 'completed'),
      ]
    },
  },
  {
    name: '2,000 connections that send nothing',
    attacker: 'stranger',
    strike: async (world) => {
      const sockets = Array.from({ length: 2_000 }, () => open(world))
      await sleep(500)
      const { status } = await world.chat(ask('beside idle connections'))
      for (const socket of sockets) socket.destroy()
      return expect('status of another client', status, 200)
    },
  },
  {
    name: 'texts that detectors read slowly, 1 MB each',
    attacker: 'client',
    strike: async (world) => {
      for (const piece of [
        'a@',
        '1-',
        'AKIA',
        '=',
        'eyJ',
        '%25',
        '\\u0061',
        '{"a":',
        'ignore all previous ',
        '\u200b1',
      ]) {
        const { status } = await world.chat(ask(piece.repeat(Math.floor(mebibyte / piece.length))))
        if (status !== 200) return [`status ${status} for ${piece}`]
      }
      return []
    },
  },
]

/** The state that an export ends in, or has after five minutes. */
async function exported({ control }: World, request: object): Promise<string> {
  const { id } = await control.json<{ id: string }>('POST', '/v1/exports', request)
  for (const deadline = Date.now() + 300_000; ; await sleep(200)) {
    const { state } = await control.json<{ state: string }>('GET', `/v1/exports/${id}`)
    if ((state !== 'queued' && state !== 'running') || Date.now() > deadline) return state
  }
}

function manyValues(bytes: number): string {
  return `{"model":"gpt-4o-mini","messages":[],"metadata":[${'[],'.repeat(bytes / 3)}[]]}`
}

function words(bytes: number): string {
  return 'lorem ipsum dolor '.repeat(bytes / 18)
}

function open({ stack }: World): Socket {
  const { hostname, port } = new URL(stack.urls.ingress!)
  return connect(Number(port), hostname).on('error', () => {})
}

async function unfinished(world: World, key: string): Promise<Socket> {
  const socket = open(world)
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${31 * mebibyte}\r\n\r\n`,
  )
  socket.write(Buffer.alloc(30 * mebibyte, 0x20))
  await Promise.race([new Promise((resolve) => socket.once('data', resolve)), sleep(3_000)])
  return socket
}

async function unread(world: World): Promise<Socket> {
  const body = JSON.stringify(ask(`mock:size=${20 * mebibyte}`, { stream: true }))
  const socket = open(world).pause()
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${world.key}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  return socket
}
