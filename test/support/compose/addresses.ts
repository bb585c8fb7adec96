import { freePort } from '../../../infra/local/free-port.ts'
import { processes } from '../../../infra/processes.ts'

export type Address = { host: string; port: number; here: number }

/** Where each container listens in compose's networks, and on which port of 127.0.0.1 its stand-in does. */
export async function chooseAddresses(): Promise<Address[]> {
  const listening = [
    ...processes.flatMap(({ name, port }) => (port ? [{ host: name, port: port.default }] : [])),
    { host: 'nats', port: 4222 },
    { host: 'postgres', port: 5432 },
    { host: '127.0.0.1', port: 8222 },
  ]
  const addresses: Address[] = []
  for (const address of listening) {
    let here = await freePort()
    while (addresses.some((other) => other.here === here)) here = await freePort()
    addresses.push({ ...address, here })
  }
  return addresses
}

/** The port of 127.0.0.1 that stands for a container's. */
export function portHere(addresses: readonly Address[], host: string): number {
  const found = addresses.find((address) => address.host === host)
  if (!found) throw new Error(`${host} listens nowhere`)
  return found.here
}

/** Rewrites the addresses in URLs (credentials or not), and the address to bind. */
export function rewriteAddresses(addresses: readonly Address[], text: string): string {
  const rewritten = addresses.reduce(
    (result, { host, port, here }) =>
      result.replaceAll(new RegExp(`(?<=//|@)${host}:${port}\\b`, 'g'), `127.0.0.1:${here}`),
    text,
  )
  return rewritten === '0.0.0.0' ? '127.0.0.1' : rewritten
}
