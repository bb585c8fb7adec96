import { z } from 'zod'
import { type Access, accessSettings, accessVariables } from './access.ts'
import { urlSchema } from './config.ts'
import { type ServerSettings, serverSettings, serverVariables } from './server-settings.ts'

/** Variables of every service that has a control API, a database and the bus. */
export const controlApiVariables = {
  ...serverVariables,
  DATABASE_URL: urlSchema,
  NATS_URL: z.string().min(1),
  ...accessVariables,
}

/** @throws ConfigError where two variables contradict each other. */
export function controlApiSettings(
  config: z.infer<z.ZodObject<typeof controlApiVariables>>,
): ServerSettings & { databaseUrl: string; natsUrl: string; access: Access } {
  return {
    ...serverSettings(config),
    databaseUrl: config.DATABASE_URL,
    natsUrl: config.NATS_URL,
    access: accessSettings(config),
  }
}
