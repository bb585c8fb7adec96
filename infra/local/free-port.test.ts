import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { freePort } from './free-port.ts'

/** A process that picks ports, and has them until it is told to end. */
async function pickElsewhere(count: number) {
  const script = `
    const { freePort } = await import(${JSON.stringify(new URL('free-port.ts', import.meta.url).href)})
    const ports = []
    for (let count = 0; count < ${count}; count += 1) ports.push(await freePort())
    console.log(ports.join(' '))
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return {
    ports: line.split(' ').map(Number),
    async end() {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    },
  }
}

test('processes that pick ports beside each other never pick the same', async () => {
  const own = new Set<number>()
  for (let count = 0; count < 400; count += 1) own.add(await freePort())
  const others = await Promise.all([1, 2, 3].map(() => pickElsewhere(400)))
  await Promise.all(others.map(({ end }) => end()))
  assert.equal(new Set([...own, ...others.flatMap(({ ports }) => ports)]).size, 1_600)
})

test('a port is anybody’s again once its process is gone', async () => {
  const { ports, end } = await pickElsewhere(1)
  await end()
  assert.equal(await freePort(ports[0]), ports[0])
})
