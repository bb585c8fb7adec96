import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const serviceSchema = z.object({
  image: z.string(),
  build: z.string().optional(),
  container_name: z.string().optional(),
  command: z.array(z.string()).default([]),
  user: z.string().optional(),
  restart: z.string(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  networks: z.array(z.string()).default([]),
  network_mode: z.string().optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
})

const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) }).nullable()),
  volumes: z.record(z.string(), z.null()),
})

export type ComposeService = z.infer<typeof serviceSchema>
export type ComposeFile = z.infer<typeof composeSchema>

/**
 * Reads docker-compose.yml as `docker-compose` does with this environment: variables are put in, and one that is
 * named without a value comes from the environment, or is left out.
 */
export function readComposeFile(path: string, env: NodeJS.ProcessEnv): ComposeFile {
  const file = composeSchema.parse(parse(interpolate(readFileSync(path, 'utf8'), env), { merge: true }))
  for (const service of Object.values(file.services))
    for (const [name, value] of Object.entries(service.environment))
      if (value === null) {
        if (env[name] === undefined) delete service.environment[name]
        else service.environment[name] = env[name]
      }
  return file
}

/** Every variable that the file names for a service, whether or not it has a value now. */
export function namedVariables(path: string, service: string): string[] {
  const { services } = composeSchema.parse(parse(readFileSync(path, 'utf8'), { merge: true }))
  return Object.keys(services[service]?.environment ?? {})
}

export type Mount = { kind: 'volume' | 'folder'; source: string; target: string }

/** What a service mounts: a named volume, or a folder of the host relative to the compose file. */
export function mountsOf({ volumes }: ComposeService): Mount[] {
  return volumes.map((text) => {
    const [source = '', target = ''] = text.split(':')
    return { kind: /^[./~]/.test(source) ? 'folder' : 'volume', source, target }
  })
}

function interpolate(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_, name: string, otherwise = '') => env[name] || otherwise,
  )
}
