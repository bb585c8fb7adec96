import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { natsServerFile } from '../docker/secret-files.ts'
import { userOfIngress } from '../local/nats-permissions.ts'

const listSchema = z.object({
  items: z.array(
    z.object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()) }),
  ),
})
const serverSchema = z.looseObject({
  authorization: z.object({ users: z.array(z.object({ user: z.string(), password: z.string() })) }),
})

/**
 * The Secrets `airs-nats` and `airs-ingress` with a NATS user for each of these pods. Passwords that are there stay, and so does what pods
 * of an earlier version use.
 * @param text of both, as kubectl prints them.
 */
export function updateSecrets(text: string, pods: readonly string[]): Record<string, Record<string, string>> {
  const { items } = listSchema.parse(JSON.parse(text))
  const contentOf = (name: string) => {
    const item = items.find(({ metadata }) => metadata.name === name)
    if (!item) throw new Error(`The Secret ${name} is missing: kubectl get secret airs-nats airs-ingress`)
    const decoded = Object.entries(item.data).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ])
    return Object.fromEntries(decoded) as Record<string, string>
  }
  const [nats, ingress] = [contentOf('airs-nats'), contentOf('airs-ingress')]
  const server = serverSchema.parse(JSON.parse(nats['nats-server.json'] ?? '{}'))
  const passwords = Object.fromEntries(
    server.authorization.users.map(({ user, password }) => [user, password]),
  )
  for (const pod of pods) passwords[userOfIngress(pod)] ??= randomBytes(24).toString('hex')
  const someUrl = Object.entries(ingress).find(([key]) => key.startsWith('NATS_URL'))?.[1] ?? ''
  const urls = pods.map((pod) => [`NATS_URL.${pod}`, withUser(someUrl, userOfIngress(pod), passwords)])
  const users = JSON.parse(natsServerFile(passwords)).authorization.users
  return {
    'airs-nats': {
      ...nats,
      'nats-server.json': `${JSON.stringify({ ...server, authorization: { users } }, null, 2)}\n`,
    },
    'airs-ingress': { ...ingress, ...Object.fromEntries(urls) },
  }
}

function withUser(url: string, user: string, passwords: Record<string, string>): string {
  return url.replace(/\/\/[^@/]*@/g, `//${user}:${passwords[user]}@`)
}
