import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

const script = `
const { freePort } = await import(${JSON.stringify(new URL('free-port.ts', import.meta.url).href)})
const ports = []
for (let count = 0; count < 400; count += 1) ports.push(await freePort())
await new Promise((resolve) => setTimeout(resolve, 1_500))
console.log(ports.join(' '))`

test('processes that pick ports beside each other never pick the same', async () => {
  const own = new Set<number>()
  for (let count = 0; count < 400; count += 1) own.add(await freePort())
  const run = promisify(execFile)
  const outputs = await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '--eval', script])),
  )
  const others = outputs.flatMap(({ stdout }) => stdout.trim().split(' ').map(Number))
  assert.equal(new Set([...own, ...others]).size, 1_600)
})

test('a port is anybody’s again once its process is gone', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    script.replace('400', '1'),
  ])
  const port = Number(stdout)
  assert.equal(await freePort(port), port)
})
