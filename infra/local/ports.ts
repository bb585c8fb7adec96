import type { ProcessDefinition } from '../processes.ts'
import { freePort, isPortFree } from './free-port.ts'
import { portHolder } from './port-holder.ts'
import { StartError } from './start-error.ts'

/** Port by process name, for those that listen. */
export type Ports = Readonly<Record<string, number>>

/**
 * The ports that users know, moved by their variables. Call `checkPorts` before using them.
 * @throws StartError when a variable holds no port, or two processes the same.
 */
export function configuredPorts(definitions: readonly ProcessDefinition[], env: NodeJS.ProcessEnv): Ports {
  const ports: Record<string, number> = {}
  for (const { name, port } of definitions) {
    if (!port) continue
    const text = env[port.variable]
    const number = text ? Number(text) : port.default
    if (!Number.isInteger(number) || number < 1 || number > 65_535)
      throw new StartError(`${port.variable} is "${text}", which is no port: give a number from 1 to 65535.`)
    const other = Object.keys(ports).find((earlier) => ports[earlier] === number)
    if (other)
      throw new StartError(
        `${other} and ${name} would both listen on port ${number}: set ${port.variable} to another.`,
      )
    ports[name] = number
  }
  return ports
}

/** Any free ports, for stacks beside each other. */
export async function freePorts(definitions: readonly ProcessDefinition[]): Promise<Ports> {
  const ports: Record<string, number> = {}
  for (const { name, port } of definitions) {
    if (!port) continue
    do ports[name] = await freePort()
    while (Object.entries(ports).some(([other, taken]) => other !== name && taken === ports[name]))
  }
  return ports
}

/** @throws StartError that names what is taken, by whom, and how to move it. */
export async function checkPorts(
  ports: Ports,
  definitions: readonly ProcessDefinition[],
  host: string,
): Promise<void> {
  const taken: string[] = []
  for (const { name, port } of definitions) {
    const number = ports[name]
    if (!port || number === undefined || (await isFree(number, host))) continue
    const holder = await portHolder(number)
    taken.push(
      `Port ${number} (${name}) is taken${holder ? ` by ${holder}` : ''}: free it, or set ${port.variable} to another.`,
    )
  }
  if (taken.length > 0) throw new StartError(taken.join('\n'))
}

/** `localhost` is both addresses: a stranger on either would get what is meant for us. */
async function isFree(port: number, host: string): Promise<boolean> {
  const hosts = host === '127.0.0.1' || host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
  for (const address of hosts) if (!(await isPortFree(port, address))) return false
  return true
}
