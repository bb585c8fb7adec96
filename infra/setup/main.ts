import { createLogger, numberSchema, readConfig, urlSchema } from '@airs-cp/runtime'
import { z } from 'zod'
import { setUp } from './setup.ts'

const log = createLogger('setup', process.env.AIRS_LOG)
try {
  const config = readConfig(
    {
      DATABASE_URL: urlSchema,
      NATS_URL: z.string().min(1),
      AIRS_POSTGRES_PASSWORDS: z
        .string()
        .transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
      AIRS_STREAM_REPLICAS: numberSchema(1).default(1),
    },
    process.env,
  )
  const migrations = await setUp({
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    passwords: config.AIRS_POSTGRES_PASSWORDS,
    replicas: config.AIRS_STREAM_REPLICAS,
  })
  log.info({ migrations }, 'set up')
} catch (error) {
  process.stderr.write(`setup: ${error instanceof Error ? error.message : String(error)}\n`)
  log.error({ err: error }, 'setup failed')
  process.exit(1)
}
