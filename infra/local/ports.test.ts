import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { fixtureProcesses } from './fixtures/processes.ts'
import { checkPorts, configuredPorts, freePorts } from './ports.ts'

test('ports are moved by their variables', () => {
  assert.deepEqual(configuredPorts(fixtureProcesses, {}), { ingress: 8080, audit: 8082 })
  assert.deepEqual(configuredPorts(fixtureProcesses, { AIRS_AUDIT_PORT: '9000' }), {
    ingress: 8080,
    audit: 9000,
  })
})

test('what is no port is refused with the name of its variable', () => {
  for (const value of ['0', '65536', 'http', '80.5', '-1'])
    assert.throws(() => configuredPorts(fixtureProcesses, { AIRS_AUDIT_PORT: value }), {
      name: 'StartError',
      message: new RegExp(`AIRS_AUDIT_PORT is "${value}"`),
    })
})

test('two processes on one port are refused', () => {
  assert.throws(() => configuredPorts(fixtureProcesses, { AIRS_AUDIT_PORT: '8080' }), {
    message: /ingress and audit would both listen on port 8080: set AIRS_AUDIT_PORT/,
  })
})

test('a taken port is reported with its holder and the variable that moves it', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ports = { ...(await freePorts(fixtureProcesses)), audit: port }
  const holder = process.platform === 'linux' ? `.*pid ${process.pid}.*` : '.*'
  await assert.rejects(checkPorts(ports, fixtureProcesses, '127.0.0.1'), {
    name: 'StartError',
    message: new RegExp(`^Port ${port} \\(audit\\) is taken${holder}AIRS_AUDIT_PORT`),
  })
})

test('free ports are free and differ', async () => {
  const ports = await freePorts(fixtureProcesses)
  assert.notEqual(ports.ingress, ports.audit)
  await checkPorts(ports, fixtureProcesses, '127.0.0.1')
})
