import { join } from 'node:path'
import { defaultIngress, ingressNamePattern } from '@airs-cp/events'
import { allocatorEnvironment, processes } from '../processes.ts'
import { addNatsUser } from './nats.ts'
import { permissionsOf, userOfIngress } from './nats-permissions.ts'
import { defaultProvider } from './provider.ts'
import { natsPasswordOf } from './secrets.ts'
import { withoutSecrets } from './service-environment.ts'
import { StartError } from './start-error.ts'

/**
 * Gives a running stack of this machine one more ingress: a NATS user of its own, at once, and a folder of its own.
 * @returns the environment to start it with.
 * @throws StartError when the name is none, or there is no stack.
 */
export function addIngress(
  name: string,
  { dataDir, env }: { dataDir: string; env: NodeJS.ProcessEnv },
): NodeJS.ProcessEnv {
  if (!ingressNamePattern.test(name) || name === defaultIngress)
    throw new StartError(`"${name}" names no further ingress: a name is like ingress-2 or ingress-east.`)
  const user = userOfIngress(name)
  const { password, secrets } = natsPasswordOf(dataDir, user)
  const natsUrl =
    env.NATS_URL ||
    `nats://${user}:${password}@127.0.0.1:${addNatsUser(join(dataDir, 'nats'), { user, password, permissions: permissionsOf(user) }).port}`
  const definition = processes.find(({ name }) => name === 'ingress')!
  return {
    ...allocatorEnvironment,
    ...withoutSecrets(env, definition),
    NATS_URL: natsUrl,
    AIRS_INGRESS_NAME: name,
    AIRS_DATA_DIR: join(dataDir, name),
    AIRS_PROVIDER: defaultProvider(env),
    AIRS_FINGERPRINT_KEY: env.AIRS_FINGERPRINT_KEY || secrets.fingerprintKey,
  }
}
