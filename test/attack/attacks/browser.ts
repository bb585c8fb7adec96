import { rawRequest } from '../../support/raw-request.ts'
import { type Attack, expect } from '../attack.ts'
import { ask, type World } from '../world.ts'

/** What a web page that a user happens to visit can make a browser send. */
export const fromBrowsers: Attack[] = [
  {
    name: 'DNS rebinding: another host, on every port',
    attacker: 'web page',
    strike: (world) =>
      onEveryPort(
        world,
        (path) => `GET ${path} HTTP/1.1\r\nHost: rebound.evil.example\r\nConnection: close\r\n\r\n`,
      ),
  },
  {
    name: 'a cross-site request, on every port',
    attacker: 'web page',
    strike: (world) =>
      onEveryPort(
        world,
        (path) =>
          `POST ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
      ),
  },
  {
    name: 'a form of type text/plain',
    attacker: 'web page',
    strike: async (world) =>
      expect('status', (await world.chat(ask('hi'), { 'content-type': 'text/plain' })).status, 415),
  },
  {
    name: "the provider's leave to read from anywhere",
    attacker: 'web page',
    strike: async (world) => {
      world.upstream.reply('cors', (request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
        response.end(
          '{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a"}}]}',
        )
      })
      const response = await fetch(`${world.stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${world.key}`,
          'x-marker': 'cors',
        },
        body: JSON.stringify(ask('hi')),
      })
      await response.arrayBuffer()
      return expect('header', response.headers.get('access-control-allow-origin'), null)
    },
  },
]

async function onEveryPort({ stack }: World, bytes: (path: string) => string): Promise<string[]> {
  const problems: string[] = []
  for (const [name, url] of Object.entries(stack.urls)) {
    const path = name === 'ingress' ? '/v1/chat/completions' : '/v1/mode'
    const response = await rawRequest(url, bytes(path))
    if (!/^HTTP\/1\.1 (403|421) /.test(response)) problems.push(`${name} says ${response.split('\r\n')[0]}`)
  }
  return problems
}
